// Before files that run side by side: two compilers at once in one build folder would disturb each other.

import { compileShop } from "./shop.ts";

export function setup(): void {
  compileShop();
}
