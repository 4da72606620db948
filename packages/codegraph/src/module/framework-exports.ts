// What an `import` of a framework's module brings. Module, functions, macros; as in known-exports.data.ts.

export const FRAMEWORK_EXPORTS: readonly (readonly [string, string, string])[] = [];
