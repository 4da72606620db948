// Every recogniser, in the order of its families.

import type { FileRule } from "../rule.ts";

export const RECOGNISERS: readonly FileRule[] = [];
