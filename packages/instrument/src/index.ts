export { buildPlan, type PlanOptions } from "./build-plan.ts";
export type { MeasuredFunction, Profile } from "./call-frequency.ts";
export { type Demotion, type DemotionPlan, type FunctionRate, planDemotions } from "./demotion.ts";
export type { FunctionLevel, ModulePlan } from "./module-plan.ts";
export {
  isChosen,
  type OnlyPattern,
  parseOnly,
  type PatternProblem,
} from "./plan-choice/only-pattern.ts";
export { functionLevel, type PlanChoice, planModule } from "./plan-choice/plan-module.ts";
export {
  type KnownModule,
  type UnknownName,
  unknownNames,
  unknownNameText,
  unknownPatterns,
} from "./plan-choice/unknown-names.ts";
export { printPlan } from "./plan-text.ts";
export { readPlan, type PlanProblem } from "./read-plan.ts";
export {
  type Instrumented,
  type InstrumentOptions,
  instrumentForms,
  type SkippedFunction,
} from "./transform/module.ts";
export type { NotInstrumented } from "./transform/module-facts.ts";
export { placeSites } from "./sites/place-sites.ts";
