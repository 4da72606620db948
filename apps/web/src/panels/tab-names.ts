// What the tabs of the side panel are called.

import type { Tab } from "../model/place.ts";

export const TAB_NAMES: Readonly<Record<Tab, string>> = {
  state: "State",
  calls: "Calls",
  messages: "Messages",
  event: "Event",
  code: "Code",
};
