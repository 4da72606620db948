// The places of sites in the source, as both ways of recording inside of code ask for them. Loaded when the
// first module needs it: what is all in the cache does without.

import type { Instrumenter } from "@elixirscope/capture/run";

export const placeSites: Instrumenter["place"] = async (manifest, sources) => {
  const instrument = await import("@elixirscope/instrument");
  return instrument.placeSites(manifest, sources);
};
