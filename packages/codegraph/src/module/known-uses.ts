// What `use Module` brings into a module, for the modules that nearly every project uses. A `use` of a
// module of the project itself is resolved when the project is linked.

export type KnownUse = {
  readonly behaviours: readonly string[];
  /** modules that it imports (all of them, or `module only name/arity …`) */
  readonly imports: readonly string[];
  /** functions that it defines, `name/arity` */
  readonly defines: readonly string[];
};

type Entry = { readonly [key in keyof KnownUse]?: string };

const USES: Readonly<Record<string, Entry>> = {
  GenServer: { behaviours: "GenServer", defines: "child_spec/1" },
  Supervisor: { behaviours: "Supervisor", imports: "Supervisor.Spec", defines: "child_spec/1" },
  DynamicSupervisor: { behaviours: "DynamicSupervisor", defines: "child_spec/1" },
  Agent: { defines: "child_spec/1" },
  Task: { defines: "child_spec/1" },
  Application: { behaviours: "Application", defines: "stop/1" },
  GenEvent: { behaviours: "GenEvent" },
  GenStage: { behaviours: "GenStage", defines: "child_spec/1" },
  Broadway: { behaviours: "Broadway", defines: "child_spec/1" },
  Bitwise: { imports: "Bitwise" },
  "ExUnit.Case": {
    imports: "ExUnit.Callbacks ExUnit.Assertions ExUnit.Case ExUnit.DocTest",
  },
  "ExUnit.CaseTemplate": { imports: "ExUnit.Callbacks ExUnit.Assertions ExUnit.CaseTemplate" },
  "Mix.Task": { behaviours: "Mix.Task" },
  "Mix.Task.Compiler": { behaviours: "Mix.Task.Compiler" },
  "Mix.Project": { defines: "config/0 project/0" },
  "Mix.Config": { imports: "Mix.Config" },
  Plug: { behaviours: "Plug" },
  "Plug.Builder": {
    behaviours: "Plug",
    imports: "Plug.Conn Plug.Builder",
    defines: "init/1 call/2",
  },
  "Plug.Router": {
    behaviours: "Plug",
    imports: "Plug.Router Plug.Builder Plug.Conn",
    defines: "init/1 call/2 match/2 dispatch/2",
  },
  "Plug.ErrorHandler": { behaviours: "Plug.ErrorHandler" },
  "Plug.Test": { imports: "Plug.Test Plug.Conn" },
  "Phoenix.Controller": {
    behaviours: "Plug",
    imports: "Phoenix.Controller.Pipeline Phoenix.Controller Plug.Conn",
    defines: "init/1 call/2 action/2",
  },
  "Phoenix.Router": {
    imports: "Phoenix.Router Plug.Conn Phoenix.Controller",
    defines: "init/1 call/2",
  },
  "Phoenix.Endpoint": {
    behaviours: "Phoenix.Endpoint",
    imports: "Phoenix.Endpoint Plug.Builder",
    defines: "child_spec/1 start_link/1 broadcast/3 broadcast!/3 config/2 url/0 static_path/1",
  },
  "Phoenix.Channel": {
    behaviours: "Phoenix.Channel",
    imports: "Phoenix.Channel Phoenix.Socket",
    defines: "child_spec/1",
  },
  "Phoenix.Socket": { behaviours: "Phoenix.Socket", imports: "Phoenix.Socket" },
  "Phoenix.Presence": { behaviours: "Phoenix.Presence", defines: "track/3 list/1 child_spec/1" },
  "Phoenix.Component": { imports: "Phoenix.Component" },
  "Phoenix.LiveView": {
    behaviours: "Phoenix.LiveView",
    imports: "Phoenix.LiveView Phoenix.Component",
  },
  "Phoenix.LiveComponent": {
    behaviours: "Phoenix.LiveComponent",
    imports: "Phoenix.LiveView Phoenix.Component",
  },
  "Phoenix.LiveView.Router": { imports: "Phoenix.LiveView.Router" },
  "Phoenix.HTML": { imports: "Phoenix.HTML Phoenix.HTML.Form Phoenix.HTML.Link Phoenix.HTML.Tag" },
  "Phoenix.View": { imports: "Phoenix.View", defines: "render/2 template_not_found/2" },
  "Phoenix.VerifiedRoutes": { imports: "Phoenix.VerifiedRoutes" },
  "Phoenix.ConnTest": { imports: "Phoenix.ConnTest Plug.Conn" },
  "Phoenix.ChannelTest": { imports: "Phoenix.ChannelTest" },
  Gettext: { imports: "Gettext.Macros" },
  ExUnitProperties: { imports: "ExUnitProperties StreamData" },
  "Ecto.Schema": { imports: "Ecto.Schema" },
  "Ecto.Repo": {
    behaviours: "Ecto.Repo",
    defines:
      "all/1 all/2 get/2 get!/2 one/1 insert/1 insert/2 update/1 delete/1 transaction/1 transaction/2",
  },
  "Ecto.Migration": { behaviours: "Ecto.Migration", imports: "Ecto.Migration" },
  "Ecto.Type": { behaviours: "Ecto.Type" },
  "Ecto.ParameterizedType": { behaviours: "Ecto.ParameterizedType" },
  "Oban.Worker": {
    behaviours: "Oban.Worker",
    defines: "new/1 new/2 perform/1 backoff/1 timeout/1",
  },
  Tesla: { imports: "Tesla", defines: "get/1 get/2 post/2 post/3" },
  "Absinthe.Schema": { imports: "Absinthe.Schema Absinthe.Schema.Notation" },
  "Absinthe.Schema.Notation": { imports: "Absinthe.Schema.Notation" },
};

const read = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : text.split(" ");

/** Undefined when the module is not known here. */
export function knownUse(module: string): KnownUse | undefined {
  const entry = Object.hasOwn(USES, module) ? USES[module] : undefined;
  if (entry === undefined) return undefined;
  return {
    behaviours: read(entry.behaviours),
    imports: read(entry.imports),
    defines: read(entry.defines),
  };
}
