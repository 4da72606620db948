export { buildPlan, type PlanOptions } from "./build-plan.ts";
export type { MeasuredFunction, Profile } from "./call-frequency.ts";
export { printPlan } from "./plan-text.ts";
export { readPlan, type PlanProblem } from "./read-plan.ts";
