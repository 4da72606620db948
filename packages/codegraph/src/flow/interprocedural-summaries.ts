// What a function's parameters are in its result, context-insensitive: the search without rules.

import { AccessPaths } from "./interprocedural-access.ts";
import { FlowSearch } from "./interprocedural-search.ts";
import type { ProgramFlow } from "./interprocedural.ts";

/** How a parameter reaches a result: `from` in the parameter, `to` in the result. */
export type ParameterFlow = {
  readonly parameter: number;
  readonly from: string | null;
  readonly to: string | null;
  /** false: through a call that made something else of it */
  readonly exact: boolean;
};

/** Which parameters of functions flow to their results, callees in the project followed; made as asked for. */
export class FlowSummaries {
  readonly #program: ProgramFlow;
  readonly #search: FlowSearch;

  constructor(program: ProgramFlow) {
    this.#program = program;
    this.#search = new FlowSearch(program, {
      paths: new AccessPaths(),
      passes: (_, labels) => labels,
      ends: () => 0,
    });
  }

  /** Of a function by its number. */
  of(fn: number): readonly ParameterFlow[] {
    const parameters = this.#program.functions[fn]?.parameters ?? [];
    const origins = parameters.map((definition) => this.#search.parameter(definition));
    this.#search.run();
    return origins.flatMap(({ exits }, parameter) =>
      [...exits.values()].map(({ path, part, exact }) => ({
        parameter,
        from: part.text || null,
        to: path.text || null,
        exact,
      })),
    );
  }
}
