// Every recogniser, in the order of its families.

import type { FileRule } from "../rule.ts";
import { DESIGN_RECOGNISERS } from "./design.ts";
import { ECTO_RECOGNISERS } from "./ecto.ts";
import { MESSAGING_RECOGNISERS } from "./messaging.ts";
import { MODULE_KIND_RECOGNISERS } from "./module-kinds.ts";
import { SUPERVISION_RECOGNISERS } from "./supervision.ts";
import { WEB_RECOGNISERS } from "./web.ts";

export const RECOGNISERS: readonly FileRule[] = [
  ...MODULE_KIND_RECOGNISERS,
  ...SUPERVISION_RECOGNISERS,
  ...WEB_RECOGNISERS,
  ...ECTO_RECOGNISERS,
  ...MESSAGING_RECOGNISERS,
  ...DESIGN_RECOGNISERS,
];
