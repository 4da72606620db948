// Where the page meets the server: paths, and why the server closes a socket.
//
// The token travels in the page URL's fragment (`/#token=…`, which browsers never send) and from there
// in the WebSocket's query. A wrong token is answered with a close code, because browsers hide the
// status of a refused upgrade from the page and the page must be able to say what is wrong.

export const SOCKET_PATH = "/api/socket";
export const QUERY_PATH = "/api/query";
export const HEALTH_PATH = "/healthz";
/** PUT: a file to import; GET of a file below it: an archive that was made ready */
export const RECORDINGS_PATH = "/api/recordings";
export const TOKEN_PARAM = "token";
/** which recording of the server's folder a page shows; without it, the one that the server began with */
export const RECORDING_PARAM = "rec";

export const CLOSE = {
  /** the server ends; for a live recording the cinema can still be opened from the file */
  GOING_AWAY: 1001,
  TOO_BIG: 1009,
  WRONG_TOKEN: 4401,
} as const;

/** The address that a person opens. */
export function pageUrl(origin: string, token: string, recording: string | null = null): string {
  const shown = recording === null ? "" : `&${RECORDING_PARAM}=${encodeURIComponent(recording)}`;
  return `${origin}/#${TOKEN_PARAM}=${encodeURIComponent(token)}${shown}`;
}

/** The WebSocket address of the server that served `origin` (`http://127.0.0.1:4000`). */
export function socketUrl(origin: string, token: string, recording: string | null = null): string {
  const params = new URLSearchParams({ [TOKEN_PARAM]: token });
  if (recording !== null) params.set(RECORDING_PARAM, recording);
  return `${origin.replace(/^http/, "ws")}${SOCKET_PATH}?${params.toString()}`;
}
