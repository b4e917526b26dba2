export { type LoadedFormat, type LoadedFormats, loadFormats } from './formats.js';
export { renderReport } from './report/index.js';
export type {
  CellRecord,
  CellStatus,
  ColdUse,
  Failure,
  FormatRecord,
  IoAudit,
  IoUse,
  Machine,
  MemoryUse,
  MessageSummary,
  NoiseRecord,
  OperationId,
  Plant,
  Prediction,
  ProcessSamples,
  Report,
  ResultRecord,
  RunRecord,
  RunSettings,
  Stage,
  TimeSummary,
  Versions,
  WorkloadRecord,
} from './results/record.js';
export { RESULT_SCHEMA } from './results/record.js';
export { lastOfEach, readResults } from './results/results-file.js';
