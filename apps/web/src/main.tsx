// Where the page begins: how it looks, token, connection, model, then the first render.

import { socketUrl } from "@elixirscope/wire";
import { render } from "preact";
import { appOf } from "./frame/app-context.ts";
import { Page } from "./frame/app.tsx";
import { NoToken } from "./frame/notices.tsx";
import { Cinema } from "./model/cinema.ts";
import { Connection } from "./model/connection.ts";
import { Settings } from "./model/settings.ts";
import { placeFromHash } from "./model/place.ts";
import { takeToken } from "./model/token.ts";

const settings = new Settings(
  localStorage,
  matchMedia("(prefers-color-scheme: dark)"),
  document.documentElement,
);
const root = document.getElementById("app");
const token = takeToken(location, history, sessionStorage);

if (root !== null && token === null) {
  render(<NoToken />, root);
} else if (root !== null && token !== null) {
  const { rec } = placeFromHash(location.hash);
  const cinema = new Cinema(
    (onStatus) => new Connection(socketUrl(location.origin, token, rec), onStatus),
    location.hash,
    token,
    settings,
  );
  cinema.keepAddress(location, history);
  // someone edits the address or goes back: the hash is the truth
  addEventListener("hashchange", () => {
    if (!cinema.restore(location.hash)) location.reload();
  });
  render(<Page app={appOf(cinema, localStorage)} />, root);
}
