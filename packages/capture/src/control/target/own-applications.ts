// Which of the target's applications are its own, as opposed to OTP's, Elixir's and dependencies.
//
// An application that no other one needs is the target's own. So is one compiled in the same project:
// dependencies lie under `deps/`, siblings of an umbrella under `apps/`. A release without that hint
// (Mix strips it by default) leaves the names: `shop_web` needs `shop`, and they belong together.

import type { TargetApplication, TargetSurvey } from "./survey.ts";

const OTP = new Set(
  (
    "asn1 common_test compiler crypto debugger dialyzer diameter edoc eldap erl_docgen erl_interface " +
    "erts et eunit ftp hipe inets jinterface kernel megaco mnesia observer odbc os_mon parsetools " +
    "public_key reltool runtime_tools sasl snmp ssh ssl stdlib syntax_tools tftp tools wx xmerl"
  ).split(" "),
);
const ELIXIR = new Set(["eex", "elixir", "ex_unit", "hex", "iex", "logger", "mix", "rebar"]);
const OURS = /^elixir_scope_/;

export type OwnCode = {
  readonly applications: readonly string[];
  readonly modules: readonly string[];
};

/** The target's own applications; without any, the modules that belong to no application. */
export function ownCode(survey: TargetSurvey): OwnCode {
  const applications = ownApplications(survey.applications);
  if (applications.length > 0) {
    const modules = applications.flatMap(({ modules: own }) => own);
    return { applications: applications.map(({ name }) => name), modules };
  }
  return { applications: [], modules: strayModules(survey) };
}

export function isOtp(application: string): boolean {
  return OTP.has(application);
}

export function ownApplications(
  applications: readonly TargetApplication[],
): readonly TargetApplication[] {
  const candidates = applications.filter(
    ({ name, libDir }) =>
      !OTP.has(name) && !ELIXIR.has(name) && !/\/\.mix\/(archives|elixir)\//.test(libDir ?? ""),
  );
  const needed = new Set(candidates.flatMap(({ name, needs }) => needs.filter((n) => n !== name)));
  const unneeded = candidates.filter(({ name }) => !needed.has(name));
  const notDependencies = unneeded.filter((root) => !isDependency(root));
  // all of them may be: a tool that was started from another project's deps
  const roots = notDependencies.length > 0 ? notDependencies : unneeded;
  return candidates.filter(
    (candidate) => roots.includes(candidate) || roots.some((root) => belongsTo(candidate, root)),
  );
}

function isDependency({ source }: TargetApplication): boolean {
  return source !== null && /\/(deps|_build\/[^/]+\/lib|_checkouts|plugins)\//.test(source);
}

/** A candidate that a root needs: a sibling of the same project rather than a dependency? */
function belongsTo(candidate: TargetApplication, root: TargetApplication): boolean {
  if (candidate.source !== null && root.source !== null) {
    return !isDependency(candidate) && projectOf(candidate) === projectOf(root);
  }
  return candidate.name.startsWith(`${root.name}_`) || root.name.startsWith(`${candidate.name}_`);
}

/** The folder of the project that a module was compiled in: above `apps/NAME` or `lib`. */
function projectOf({ name, source }: TargetApplication): string {
  const path = source ?? "";
  const umbrella = path.lastIndexOf(`/apps/${name}/`);
  if (umbrella >= 0) return path.slice(0, umbrella);
  const folder = /^(.*?)\/(?:lib|src|test)\//.exec(path);
  return folder?.[1] ?? path;
}

function strayModules({ strays, rootDir, applications }: TargetSurvey): readonly string[] {
  const elixir = applications.find(({ name }) => name === "elixir")?.libDir ?? null;
  const libraries = [rootDir];
  if (elixir !== null) libraries.push(elixir.slice(0, elixir.lastIndexOf("/")));
  return strays
    .filter(({ module, file }) => {
      if (OURS.test(module)) return false;
      return file === null || !libraries.some((dir) => file.startsWith(`${dir}/`));
    })
    .map(({ module }) => module);
}
