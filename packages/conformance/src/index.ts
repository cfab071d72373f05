export type { AdapterCase } from './adapter/adapter-case.js';
export { adapterCases } from './adapter/adapter-cases.js';
export type {
  AdapterApp,
  AdapterHarness,
  AdapterRequest,
  AdapterSessionOptions,
  Reply,
  RunningApp,
} from './adapter/harness.js';
export { listen } from './adapter/listen.js';
export { type Invariant, invariants } from './invariants.js';
export { ScheduleViolation } from './schedule/schedule-violation.js';
export { sessionCases } from './schedule/session-cases.js';
export type { KitOptions } from './settings.js';
export type { Ability, MakeStore, Opened, StoreContext, StoreHarness } from './store/harness.js';
export type { StoreCase } from './store/store-case.js';
export { storeCases } from './store/store-cases.js';
export { type Finding, Violation } from './violation.js';
