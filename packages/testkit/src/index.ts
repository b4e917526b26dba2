export { assertValue } from './assert-value.js';
export { type ConformanceOptions, conformance, conformanceTests } from './conformance.js';
export { differencesOf } from './differences.js';
export type { ChildModule } from './subject.js';
export type { NamedTest, Runner } from './suite.js';
