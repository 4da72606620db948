// The token of this server: taken from the address once, kept for the tab, gone from the address bar.

import { TOKEN_PARAM } from "@elixirscope/wire";

const KEY = "elixirscope.token";

/** Splits the token from the rest of a hash such as `#token=…&t=5`. */
export function splitToken(hash: string): { readonly token: string | null; readonly rest: string } {
  const params = new URLSearchParams(hash.replace(/^#/, ""));
  const token = params.get(TOKEN_PARAM);
  params.delete(TOKEN_PARAM);
  return { token: token === "" ? null : token, rest: params.toString() };
}

/** The token of this tab; null when the page was opened without one. */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const { token, rest } = splitToken(location.hash);
  if (token === null) return storage.getItem(KEY);
  storage.setItem(KEY, token);
  history.replaceState(null, "", `${location.pathname}${rest === "" ? "" : `#${rest}`}`);
  return token;
}
