// Where the page meets the server: paths, and why the server closes a socket.
//
// The token travels in the page URL's fragment (`/#token=…`, which browsers never send) and from there
// in the WebSocket's query. A wrong token is answered with a close code, because browsers hide the
// status of a refused upgrade from the page and the page must be able to say what is wrong.

export const SOCKET_PATH = "/api/socket";
export const QUERY_PATH = "/api/query";
export const HEALTH_PATH = "/healthz";
export const TOKEN_PARAM = "token";

export const CLOSE = {
  /** the server ends; for a live recording the cinema can still be opened from the file */
  GOING_AWAY: 1001,
  TOO_BIG: 1009,
  WRONG_TOKEN: 4401,
} as const;

/** The address that a person opens. */
export function pageUrl(origin: string, token: string): string {
  return `${origin}/#${TOKEN_PARAM}=${encodeURIComponent(token)}`;
}

/** The WebSocket address of the server that served `origin` (`http://127.0.0.1:4000`). */
export function socketUrl(origin: string, token: string): string {
  return `${origin.replace(/^http/, "ws")}${SOCKET_PATH}?${TOKEN_PARAM}=${encodeURIComponent(token)}`;
}
