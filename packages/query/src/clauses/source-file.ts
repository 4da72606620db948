// A source file that does not come from the recording.

export type SourceFile = { readonly path: string; readonly text: string };
