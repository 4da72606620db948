// The callbacks of behaviours that are not of the project: `name/arity`, from their documentation.

const CALLBACKS: Readonly<Record<string, string>> = {
  GenServer:
    "init/1 handle_call/3 handle_cast/2 handle_info/2 handle_continue/2 terminate/2 code_change/3 format_status/1 format_status/2",
  Supervisor: "init/1",
  DynamicSupervisor: "init/1",
  Application: "start/2 stop/1 prep_stop/1 start_phase/3 config_change/3",
  GenEvent: "init/1 handle_event/2 handle_call/2 handle_info/2 terminate/2 code_change/3",
  ":gen_server":
    "init/1 handle_call/3 handle_cast/2 handle_info/2 handle_continue/2 terminate/2 code_change/3 format_status/1 format_status/2",
  ":gen_statem": "init/1 callback_mode/0 handle_event/4 terminate/3 code_change/4 format_status/2",
  ":gen_event": "init/1 handle_event/2 handle_call/2 handle_info/2 terminate/2 code_change/3",
  ":supervisor": "init/1",
  ":application": "start/2 stop/1 prep_stop/1 start_phase/3 config_change/3",
  GenStage:
    "init/1 handle_demand/2 handle_events/3 handle_subscribe/4 handle_cancel/3 handle_call/3 handle_cast/2 handle_info/2 terminate/2 code_change/3 format_discarded/2",
  Broadway: "handle_message/3 handle_batch/4 handle_failed/2 prepare_messages/2 process_name/2",
  Exception: "exception/1 message/1 blame/2",
  Access: "fetch/2 get_and_update/3 pop/2",
  Calendar: "",
  "Mix.Task": "run/1",
  "Mix.Task.Compiler": "run/1 manifests/0 clean/0 diagnostics/0",
  "Config.Provider": "init/1 load/2",
  "Logger.Translator": "",
  Plug: "init/1 call/2",
  "Plug.ErrorHandler": "handle_errors/2",
  "Plug.Exception": "",
  "Phoenix.Channel":
    "join/3 handle_in/3 handle_out/3 handle_info/2 handle_call/3 handle_cast/2 terminate/2 code_change/3",
  "Phoenix.Socket": "connect/2 connect/3 id/1",
  "Phoenix.Socket.Transport":
    "child_spec/1 connect/1 init/1 handle_in/2 handle_control/2 handle_info/2 terminate/2 drainer_spec/1",
  "Phoenix.Endpoint": "",
  "Phoenix.LiveView":
    "mount/3 render/1 handle_params/3 handle_event/3 handle_info/2 handle_call/3 handle_cast/2 handle_async/3 terminate/2",
  "Phoenix.LiveComponent": "mount/1 update/2 update_many/1 render/1 handle_event/3 handle_async/3",
  "Phoenix.Presence": "fetch/2 init/1 handle_metas/4",
  "Phoenix.Tracker": "init/1 handle_diff/2",
  "Ecto.Type": "type/0 cast/1 load/1 dump/1 equal?/2 embed_as/1 autogenerate/0",
  "Ecto.ParameterizedType":
    "init/1 type/1 cast/2 load/3 dump/3 equal?/3 embed_as/2 autogenerate/1 format/1",
  "Ecto.Repo": "init/2 default_options/1 prepare_query/3 prepare_transaction/2",
  "Ecto.Migration": "up/0 down/0 change/0 after_begin/0 before_commit/0",
  "Oban.Worker": "perform/1 backoff/1 timeout/1 new/2",
  "Oban.Plugin": "start_link/1 validate/1 format_logger_output/2",
  "Absinthe.Middleware": "call/2",
  "Tesla.Middleware": "call/3",
  "ExUnit.Formatter": "",
  "Nebulex.Adapter": "",
};

const parsed = new Map<string, ReadonlySet<string>>();

/** Undefined when the behaviour is not known here. */
export function callbacksOf(behaviour: string): ReadonlySet<string> | undefined {
  const known = parsed.get(behaviour);
  if (known !== undefined) return known;
  const text = Object.hasOwn(CALLBACKS, behaviour) ? CALLBACKS[behaviour] : undefined;
  if (text === undefined || text === "") return undefined;
  const callbacks = new Set(text.split(" "));
  parsed.set(behaviour, callbacks);
  return callbacks;
}
