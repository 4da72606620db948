import type { ProjectFlags } from "../open-project.ts";
export const GRAPH_KINDS = ["cfg", "dfg", "cpg", "calls", "messages", "supervision"] as const;
export const GRAPH_FORMATS = ["dot", "mermaid", "json", "svg"] as const;
export async function graph(folder: string, options: ProjectFlags): Promise<void> {
  void folder;
  void options;
  await Promise.reject(new Error("later"));
}
