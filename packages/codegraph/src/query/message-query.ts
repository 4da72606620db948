// Questions about who sends what to whom.

import type { HandlerSite, SendSite } from "../link/link-facts.ts";
import type { MessageConfidence, MessageEdge } from "../link/project-graphs.ts";
import { matchShape } from "../link/shape-match.ts";
import { parseShape } from "../link/shape.ts";
import type { CodeProject } from "./code-project.ts";
import type { FunctionQuery } from "./function-query.ts";
import { type NamePattern, nameTest, type Plan, Query } from "./query.ts";

export type SendRow = { readonly index: number; readonly site: SendSite };
export type HandlerRow = { readonly index: number; readonly site: HandlerSite };

export class SendQuery extends Query<SendRow, SendQuery> {
  readonly #project: CodeProject;

  private constructor(project: CodeProject, plan: Plan<SendRow>) {
    super(plan);
    this.#project = project;
  }

  static all(project: CodeProject): SendQuery {
    const { sends } = project.graphs.messages;
    return SendQuery.of(project, {
      steps: [`all ${sends.length} sends`],
      run: () => sends.keys(),
    });
  }

  /** By their indexes in the message graph. */
  static of(project: CodeProject, { steps, run }: Plan<number>): SendQuery {
    const { sends } = project.graphs.messages;
    return new SendQuery(project, { steps, run: () => sites(sends, run()) });
  }

  protected override derive(plan: Plan<SendRow>): SendQuery {
    return new SendQuery(this.#project, plan);
  }

  kind(...kinds: readonly SendSite["kind"][]): SendQuery {
    return this.where(({ site }) => kinds.includes(site.kind), `of kind ${kinds.join(" or ")}`);
  }

  /** Those of which a term like `{:add, _, _}` may be sent. */
  like(shape: string): SendQuery {
    const wanted = parseShape(shape);
    return this.where(
      ({ site }) => matchShape(parseShape(site.shape), wanted) !== "never",
      `like ${shape}`,
    );
  }

  /** To a module's processes, with this confidence when one is named. */
  to(pattern: NamePattern, confidence?: MessageConfidence): SendQuery {
    const test = nameTest(pattern);
    const { messages } = this.#project.graphs;
    const wanted = (edge: MessageEdge): boolean =>
      test(edge.module) && (confidence === undefined || edge.confidence === confidence);
    return this.where(
      ({ index }) => messages.edgesOfSend(index).some(wanted),
      `to a process of ${pattern}${confidence === undefined ? "" : ` (${confidence})`}`,
    );
  }

  /** Those that no clause of their receiver takes. */
  unmatched(): SendQuery {
    const unmatched = new Set(this.#project.graphs.messages.unmatchedSends);
    return this.where(({ index }) => unmatched.has(index), "that nobody takes");
  }

  handlers(): HandlerQuery {
    const { messages } = this.#project.graphs;
    const plan = this.extend("the clauses that can take them", (items) => {
      const found = new Set<number>();
      for (const { index } of items) {
        for (const { handler } of messages.edgesOfSend(index)) if (handler >= 0) found.add(handler);
      }
      return found;
    });
    return HandlerQuery.of(this.#project, plan);
  }

  functions(): FunctionQuery {
    const project = this.#project;
    const plan = this.extend("their functions", (items) =>
      project.nodesOf(new Set(Array.from(items, ({ site }) => site.function))),
    );
    return project.kinds.functions(project, plan);
  }
}

export class HandlerQuery extends Query<HandlerRow, HandlerQuery> {
  readonly #project: CodeProject;

  private constructor(project: CodeProject, plan: Plan<HandlerRow>) {
    super(plan);
    this.#project = project;
  }

  static all(project: CodeProject): HandlerQuery {
    const { handlers } = project.graphs.messages;
    return HandlerQuery.of(project, {
      steps: [`all ${handlers.length} handler clauses`],
      run: () => handlers.keys(),
    });
  }

  /** By their indexes in the message graph. */
  static of(project: CodeProject, { steps, run }: Plan<number>): HandlerQuery {
    const { handlers } = project.graphs.messages;
    return new HandlerQuery(project, { steps, run: () => sites(handlers, run()) });
  }

  protected override derive(plan: Plan<HandlerRow>): HandlerQuery {
    return new HandlerQuery(this.#project, plan);
  }

  kind(...kinds: readonly HandlerSite["kind"][]): HandlerQuery {
    return this.where(({ site }) => kinds.includes(site.kind), `of kind ${kinds.join(" or ")}`);
  }

  inModule(pattern: NamePattern): HandlerQuery {
    const test = nameTest(pattern);
    return this.where(({ site }) => test(site.module), `in a module named ${pattern}`);
  }

  /** Those that may take a term like `{:add, 1, _}`. */
  taking(shape: string): HandlerQuery {
    const sent = parseShape(shape);
    return this.where(
      ({ site }) => matchShape(sent, parseShape(site.shape)) !== "never",
      `taking ${shape}`,
    );
  }

  /** Those that no send of the project reaches. */
  unsent(): HandlerQuery {
    const unsent = new Set(this.#project.graphs.messages.unsentHandlers);
    return this.where(({ index }) => unsent.has(index), "that nobody sends to");
  }

  senders(): SendQuery {
    const { messages } = this.#project.graphs;
    const plan = this.extend("what is sent to them", (items) => {
      const found = new Set<number>();
      for (const { index } of items) {
        for (const { send } of messages.edgesOfHandler(index)) found.add(send);
      }
      return found;
    });
    return SendQuery.of(this.#project, plan);
  }

  functions(): FunctionQuery {
    const project = this.#project;
    const plan = this.extend("their functions", (items) =>
      project.nodesOf(new Set(Array.from(items, ({ site }) => site.function))),
    );
    return project.kinds.functions(project, plan);
  }
}

function* sites<T>(
  all: readonly T[],
  indexes: Iterable<number>,
): Generator<{ readonly index: number; readonly site: T }> {
  for (const index of indexes) {
    const site = all[index];
    if (site !== undefined) yield { index, site };
  }
}
