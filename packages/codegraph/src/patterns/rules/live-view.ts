// Rules about LiveView.

import { rolesOf } from "../code/roles.ts";
import type { FileRule } from "../rule.ts";

export const subscribeUnconnected: FileRule = {
  id: "liveview-subscribe-unconnected",
  category: "anti_pattern",
  severity: "warning",
  title: "A page subscribes before it is connected",
  about: "PubSub.subscribe in mount/3 of a LiveView without `connected?(socket)`",
  inTests: false,
  check: (code, report) => {
    for (const call of [
      ...code.calls("subscribe"),
      ...code.calls("send_interval"),
      ...code.calls("send_after"),
    ]) {
      const place = code.placeOf(call.node);
      if (place === null || place.function === null || place.clause === null) continue;
      const { name, arity } = place.function.data;
      if (name !== "mount" || arity !== 3 || !rolesOf(place.module.data).has("live_view")) continue;
      const asks = code
        .calls("connected?")
        .some((question) => code.placeOf(question.node)?.clause === place.clause);
      if (asks) continue;
      report(call.node, {
        explanation: `\`mount/3\` runs twice: for the first, static answer in a process that ends at once, and again when the page is connected. \`${code.text(call.node, 50)}\` is done both times. Put it under \`if connected?(socket)\`.`,
        confidence: 0.85,
      });
    }
  },
};

export const LIVE_VIEW_RULES: readonly FileRule[] = [subscribeUnconnected];
