// Where the page begins: token, connection, model, then the first render.

import { socketUrl } from "@elixirscope/wire";
import { signal } from "@preact/signals";
import { render } from "preact";
import { Page } from "./frame/app.tsx";
import { NoToken } from "./frame/notices.tsx";
import { Cinema } from "./model/cinema.ts";
import { Connection } from "./model/connection.ts";
import { Playback } from "./model/playback.ts";
import { takeToken } from "./model/token.ts";

const root = document.getElementById("app");
const token = takeToken(location, history, sessionStorage);

if (root !== null && token === null) {
  render(<NoToken />, root);
} else if (root !== null && token !== null) {
  const cinema = new Cinema(
    (onStatus) => new Connection(socketUrl(location.origin, token), onStatus),
    location.hash,
    token,
  );
  cinema.keepAddress(location, history);
  // someone edits the address or goes back: the hash is the truth
  addEventListener("hashchange", () => cinema.restore(location.hash));
  const app = {
    cinema,
    playback: new Playback(cinema),
    stage: signal(null),
    helpOpen: signal(false),
    searchOpen: signal(false),
  };
  render(<Page app={app} />, root);
}
