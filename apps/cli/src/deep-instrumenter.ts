// The transformer as a session on a live node wants it; loaded when the first module needs it.

import type { DeepInstrumenter } from "@elixirscope/capture";
import { placeSites } from "./place-sites.ts";

export function deepInstrumenter(): DeepInstrumenter {
  return {
    instrument: async ({ forms, firstSite, md5, vsn }, levels) => {
      const { functionLevel, instrumentForms } = await import("@elixirscope/instrument");
      const plan = {
        levelOf: (name: string, arity: number) => {
          const { level, detail } = levels.get(`${name}/${arity}`) ?? OFF;
          return functionLevel(level, detail);
        },
      };
      return instrumentForms(forms, { plan, firstSite, md5, vsn });
    },
    place: placeSites,
    demote: async (rates, levels, eventsPerSecond) => {
      const { functionLevel, planDemotions } = await import("@elixirscope/instrument");
      const current = new Map(
        [...levels].map(([key, { level, detail }]) => [key, functionLevel(level, detail)]),
      );
      const { demotions } = planDemotions(rates, current, eventsPerSecond);
      return demotions.map(({ function: key, to, text }) => ({
        function: key,
        to: { level: to.level, detail: to.detail },
        text,
      }));
    },
  };
}

const OFF = { level: "off", detail: "bindings" } as const;
