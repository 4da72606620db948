// What the SQL editor asks besides `query`: what there is to be queried, the prepared questions, and that
// a running request be given up.

import type { QueryResult } from "./protocol.ts";
import { id } from "./param-shapes.ts";
import { array, integer, object, optional, text, time, type Shapes } from "./shape.ts";

export type SchemaTable = {
  /** as SQL names it: `calls`, `raw.calls` */
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** rows of this recording; null: not counted */
  readonly rows: number | null;
};

export type Schema = {
  readonly tables: readonly SchemaTable[];
  readonly functions: readonly { readonly name: string; readonly about: string | null }[];
  readonly keywords: readonly string[];
};

export type QuestionFacts = {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly about: string;
    readonly default: number;
  }[];
  /** what an answer cannot know, whatever the recording */
  readonly caveats: readonly string[];
};

export type QuestionView = Pick<QueryResult, "columns" | "rows"> & {
  readonly name: string;
  readonly about: string;
  /** what ran, to be run again or changed: `query` takes it */
  readonly sql: string;
  /** there are more rows */
  readonly more: boolean;
  readonly limits: readonly string[];
};

export type NoAnswer = {
  readonly code: "no_question" | "no_parameter" | "not_recorded";
  readonly message: string;
  readonly nearest: readonly string[];
};

export type QueryApi = {
  schema: { params: Record<string, never>; reply: Schema };
  questions: { params: Record<string, never>; reply: readonly QuestionFacts[] };
  ask: {
    params: {
      readonly name: string;
      readonly parameters: readonly { readonly name: string; readonly value: number }[];
      /** without them the whole recording */
      readonly from?: number;
      readonly to?: number;
      readonly limit: number;
    };
    reply:
      | { readonly kind: "answer"; readonly view: QuestionView }
      | { readonly kind: "none"; readonly why: NoAnswer };
  };
  /** gives up a request of the same connection that waits or runs; it is answered with an error */
  cancel: { params: { readonly id: number }; reply: { readonly cancelled: boolean } };
};

const MOST = Number.MAX_SAFE_INTEGER;

export const QUERY_SHAPES: Shapes<QueryApi> = {
  schema: object<QueryApi["schema"]["params"]>({}),
  questions: object<QueryApi["questions"]["params"]>({}),
  ask: object<QueryApi["ask"]["params"]>({
    name: text(200),
    parameters: array(
      object<{ readonly name: string; readonly value: number }>({
        name: text(200),
        value: integer(-MOST, MOST),
      }),
      20,
    ),
    from: optional(time),
    to: optional(time),
    limit: integer(1, 100_000),
  }),
  cancel: object<QueryApi["cancel"]["params"]>({ id }),
};
