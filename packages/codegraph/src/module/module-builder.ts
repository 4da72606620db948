// What has been read of one module so far; becomes its ModuleData and ModuleSyntax at its end.

import { pushAll } from "@elixirscope/base";
import type { CallNode, Node, NodeIds, Source } from "@elixirscope/syntax";
import { callbacksOf } from "./behaviours.ts";
import type { InjectionDraft } from "./injections.ts";
import type {
  AttributeSite,
  CallSite,
  FunctionData,
  FunctionKey,
  FunctionKind,
  ImportSite,
  ModuleData,
  ModuleKind,
  SourceRange,
  TypeData,
  UseSite,
} from "./module-data.ts";
import type { ClauseSyntax, FunctionSyntax, ModuleSyntax, Names } from "./module-syntax.ts";
import { rangeOf } from "./source-range.ts";

export type FunctionBuilder = {
  readonly key: FunctionKey;
  readonly name: string;
  readonly arity: number;
  readonly kind: FunctionKind;
  readonly dynamic: boolean;
  minArity: number;
  doc: string | false | null;
  impl: boolean;
  /** `def …` calls, empty heads too */
  readonly nodes: CallNode[];
  readonly clauses: ClauseSyntax[];
  readonly defaults: CallNode[];
  readonly calls: CallSite[];
};

/** What is defined locally: a macro or a function; also what a known `use` defines. */
export type LocalKind = "function" | "macro";

export type ModuleHeader = {
  readonly name: string;
  readonly kind: ModuleKind;
  readonly node: CallNode;
  readonly parent: string | null;
  readonly implementation: { readonly protocol: string; readonly target: string } | null;
};

export class ModuleBuilder {
  readonly header: ModuleHeader;
  /** `name/arity` → kind, with every arity that defaults allow */
  readonly locals: Map<string, LocalKind> = new Map();
  readonly functions: Map<string, FunctionBuilder> = new Map();
  /** modules that attributes hold: `@repo Shop.Repo` */
  readonly attributeModules: Map<string, string> = new Map();
  readonly attributeNodes: Map<string, Node> = new Map();
  readonly moduleAt: Map<Node, string> = new Map();
  readonly siteAt: Map<Node, CallSite> = new Map();

  readonly aliases: { as: string; module: string; line: number }[] = [];
  readonly imports: ImportSite[] = [];
  readonly requires: string[] = [];
  readonly uses: UseSite[] = [];
  readonly behaviours: string[] = [];
  readonly attributes: AttributeSite[] = [];
  readonly types: TypeData[] = [];
  readonly callbacks: { name: string; arity: number; optional: boolean; text: string }[] = [];
  readonly optionalCallbacks: Set<string> = new Set();
  readonly embeds: string[] = [];
  readonly injections: Map<string, InjectionDraft> = new Map();
  readonly specs: Map<string, string[]> = new Map();
  structFields: readonly string[] | null = null;
  doc: string | false | null = null;
  /** `@doc` and `@impl` wait for the next function */
  pendingDoc: string | false | null = null;
  pendingImpl = false;
  /** the next number for a signature that stands several times */
  readonly #numbered = new Map<string, number>();
  /** of the `describe` that is being read */
  describing = "";

  constructor(header: ModuleHeader) {
    this.header = header;
  }

  get name(): string {
    return this.header.name;
  }

  /** A function with this name and arity, or one numbered `name~2` when there is one already. */
  addFunction(builder: Omit<FunctionBuilder, "key" | "doc" | "impl" | "calls">): FunctionBuilder {
    const { name, arity } = builder;
    const first = `${name}/${arity}`;
    let signature = first;
    let n = this.#numbered.get(first) ?? 2;
    for (; this.functions.has(signature); n += 1) signature = `${name}~${n}/${arity}`;
    this.#numbered.set(first, n);
    const key = `${this.name}.${signature}`;
    const added = { ...builder, key, doc: null, impl: false, calls: [] };
    this.functions.set(signature, added);
    return added;
  }

  build(file: string, source: Source, ids: NodeIds): ModuleSyntax {
    const functions = [...this.functions.values()].map((builder): FunctionSyntax => {
      const data = this.#functionData(builder, file, source, ids);
      return { data, clauses: builder.clauses, defaults: builder.defaults };
    });
    const { header } = this;
    const data: ModuleData = {
      name: header.name,
      kind: header.kind,
      file,
      range: rangeOf(source, header.node),
      nodeId: ids.idOf(header.node) ?? header.name,
      doc: this.doc,
      behaviours: [...new Set(this.behaviours)],
      uses: this.uses,
      aliases: this.aliases,
      imports: this.imports,
      requires: [...new Set(this.requires)],
      attributes: this.attributes,
      types: this.types,
      callbacks: this.callbacks.map((callback) => ({
        ...callback,
        optional: this.optionalCallbacks.has(`${callback.name}/${callback.arity}`),
      })),
      structFields: this.structFields,
      implementation: header.implementation,
      parent: header.parent,
      injections: [...this.injections.values()],
      embeds: this.embeds,
      functions: functions.map((function_) => function_.data),
    };
    return { data, node: header.node, source, functions, names: this.#names() };
  }

  #functionData(
    builder: FunctionBuilder,
    file: string,
    source: Source,
    ids: NodeIds,
  ): FunctionData {
    const { key, name, arity, minArity, kind, nodes, clauses, impl } = builder;
    const ranges = nodes.map((node) => rangeOf(source, node));
    const specs: string[] = [];
    for (let n = minArity; n <= arity; n += 1) pushAll(specs, this.specs.get(`${name}/${n}`) ?? []);
    return {
      key,
      module: this.name,
      name,
      arity,
      minArity,
      kind,
      ...(builder.dynamic ? { dynamic: true } : {}),
      file,
      range: enclosing(ranges),
      nodeId: nodes[0] === undefined ? key : (ids.idOf(nodes[0]) ?? key),
      doc: builder.doc,
      specs,
      callbackOf: this.#callbackOf(name, minArity, arity),
      impl,
      clauses: clauses.map((clause, index) => ({
        index,
        nodeId: ids.idOf(clause.node) ?? key,
        patterns: clause.patterns.map((pattern) => patternText(source, pattern)),
        guard: clause.guard === null ? null : source.slice(clause.guard),
        range: rangeOf(source, clause.node),
      })),
      calls: builder.calls,
    };
  }

  #callbackOf(name: string, minArity: number, arity: number): string | null {
    const { implementation } = this.header;
    for (const behaviour of this.behaviours) {
      const callbacks = callbacksOf(behaviour);
      for (let n = minArity; n <= arity; n += 1) {
        if (callbacks?.has(`${name}/${n}`) === true) return behaviour;
      }
    }
    const isPublic = this.functions.get(`${name}/${arity}`)?.kind === "def";
    return isPublic ? (implementation?.protocol ?? null) : null;
  }

  #names(): Names {
    const { moduleAt, siteAt } = this;
    return {
      moduleOf: (node) => moduleAt.get(node) ?? atomModule(node),
      siteOf: (node) => siteAt.get(node) ?? null,
      targetOf: (node) => {
        const site = siteAt.get(node);
        return site === undefined ? null : { target: site.target, resolution: site.resolution };
      },
    };
  }
}

const PLAIN_ATOM = /^[\p{Ll}_][\p{L}\p{N}_@]*[?!]?$/u;

/** `:ets` is `:ets`, `:"Elixir.Enum"` is `Enum`; the atoms that are values are none. */
export function atomModule(node: Node): string | null {
  if (node.kind !== "atom") return null;
  const { name } = node;
  if (name.startsWith("Elixir.")) return name.slice(7);
  if (name === "nil" || name === "true" || name === "false") return null;
  return PLAIN_ATOM.test(name) ? `:${name}` : `:${JSON.stringify(name)}`;
}

/** As written; a template's argument is not written anywhere. */
function patternText(source: Source, pattern: Node): string {
  const isUnwritten = pattern.kind === "variable" && pattern.start === pattern.end;
  return isUnwritten ? pattern.name : source.slice(pattern);
}

function enclosing(ranges: readonly SourceRange[]): SourceRange {
  const first = ranges[0] ?? { line: 0, column: 0, endLine: 0, endColumn: 0, start: 0, end: 0 };
  const last = ranges.at(-1) ?? first;
  return { ...first, endLine: last.endLine, endColumn: last.endColumn, end: last.end };
}
