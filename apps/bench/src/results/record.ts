import type { Capabilities, Compression, FormatFacts, Loss } from '@formatlab/core';

/**
 * The results file is JSON lines: one `run` line, one `format` line for each format and engine, one `cell` line for
 * each cell, and a `noise` line where a cell was timed under two names. While a run goes on a cell's line is written anew after each of its processes:
 * of lines with the same `run` and `cell` the last one counts (`readResults` applies that). When the run is
 * over, the file holds one line a cell. Lines of several runs may stand in one file.
 */
export type ResultRecord = RunRecord | FormatRecord | CellRecord | NoiseRecord;

/** Raised when a field changes its meaning; a reader refuses what is newer than it knows. */
export const RESULT_SCHEMA = 1;

/** One start of the command: what all its cells share. */
export interface RunRecord {
  readonly kind: 'run';
  readonly schema: typeof RESULT_SCHEMA;
  /** Id of the run: time and a random part, such as `20260301T101500-3f9a`. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Arguments of the command line, to run it again: `['run', 'array', '--size', '1000x1000']`. */
  readonly command: readonly string[];
  /** Of the generated data and of the order of the cells. */
  readonly seed: number;
  readonly settings: RunSettings;
  readonly machine: Machine;
  /** Cells that the run set out to measure; fewer `cell` lines mean that it was interrupted. */
  readonly cells: number;
  /** Packages that should have brought a format and could not be loaded, with the reason. */
  readonly notLoaded: readonly { readonly package: string; readonly reason: string }[];
  /** ISO 8601, UTC: when it went on after it was interrupted. */
  readonly resumedAt?: readonly string[];
  /** How long it took, in ms, and what it had said to be left; there when it was not interrupted. */
  readonly elapsedMs?: number;
  readonly predictions?: readonly Prediction[];
}

/** After so many ms of the run, the ms that were said to be left. */
export type Prediction = readonly [atMs: number, leftMs: number];

export interface RunSettings {
  /** Fresh processes a cell, at least, while the time lasts. */
  readonly repeats: number;
  /** Most processes that a cell is given whose interval is still wide; without it `repeats`. */
  readonly mostRepeats?: number;
  /** Which part of the cells this run had: `index` from 1. */
  readonly shard?: { readonly index: number; readonly of: number };
  /** A slowdown that was planted to see whether it is found: not a measurement of the format. */
  readonly planted?: Plant;
  /** Whether reads were measured with a cold page cache too. */
  readonly cold?: boolean;
  readonly quick: boolean;
  /** Longest time of one child process, in seconds. */
  readonly timeoutSeconds: number;
  /** Time after which no further process starts once each cell was measured, in seconds. */
  readonly maxSeconds: number | undefined;
  /** Time that one process spends on samples, in ms. */
  readonly sampleMs: number;
}

/** `share` 0.1: the cell's operation is held up by a tenth of its time. */
export interface Plant {
  readonly cell: string;
  readonly share: number;
}

/** One cell timed under two names in the same blocks (A/A): what differs then is the measurement's own noise. */
export interface NoiseRecord {
  readonly kind: 'noise';
  readonly schema: typeof RESULT_SCHEMA;
  readonly run: string;
  readonly machine: string;
  readonly cell: string;
  /** What the second name measured; the first one's are in the cell's own record. */
  readonly processes: readonly ProcessSamples[];
  /** Second over first, paired by block: median, and 95 % interval where there are two blocks or more. */
  readonly ratio: number;
  readonly interval95: readonly [number, number] | null;
  /** How far the ratio is from 1: the noise floor. */
  readonly share: number;
}

export interface Machine {
  /** Hash of the other fields: times of machines with different fingerprints are not compared. */
  readonly fingerprint: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** `linux`, `darwin`, `win32`. */
  readonly platform: string;
  readonly arch: string;
  /** Version of the operating system's kernel. */
  readonly release: string;
  /** Version of Node.js, without the `v`. */
  readonly node: string;
  /**
   * Hash of the kernel's boot id (Linux), the same in all containers of one machine. Machines of one make have the same
   * fingerprint; `merge` tells them apart by this.
   */
  readonly boot?: string;
}

/** What a format, or one engine of it, says of itself. */
export interface FormatRecord {
  readonly kind: 'format';
  readonly schema: typeof RESULT_SCHEMA;
  readonly run: string;
  readonly format: string;
  /** Null for a format without a choice of engines. */
  readonly engine: string | null;
  /** Title of the format: `Apache Parquet`. */
  readonly title: string;
  readonly engineTitle: string | null;
  readonly defaultEngine: boolean;
  readonly extensions: readonly string[];
  readonly package: string;
  readonly can: Capabilities;
  /** Answers that no measurement gives; null where the package has none. */
  readonly facts: FormatFacts | null;
  readonly versions: Versions;
}

/** Package name to version; `node` too. */
export type Versions = Readonly<Record<string, string>>;

/** What is done in a cell. `pipe` and `socket` belong to `messages`, `create`, `increment` and `list` to `counter`. */
export type OperationId =
  /** The whole value to a new file. */
  | 'write'
  /** The whole file to a value. */
  | 'read'
  /** Opens the file, reads one entry, or one slice of rows, and closes it. */
  | 'read-one'
  /** Opens the file once and reads every entry by its name, one after the other. */
  | 'read-each'
  /** Adds one entry, or 1 % more rows, to an existing file. */
  | 'append'
  /** Replaces one entry of an existing file by one of the same size. */
  | 'update'
  /** Makes the file with the named counters. */
  | 'create'
  /** Adds one to one counter, in a new process. */
  | 'increment'
  /** Names and values of all counters, in a new process. */
  | 'list'
  /** Messages to another process and back over a pipe. */
  | 'pipe'
  /** The same over a TCP socket of the loopback interface. */
  | 'socket';

export type CellStatus =
  /** Came back as it was, or with the losses that are listed; has times. */
  | 'ok'
  /** Went wrong: see `failure` and `reason`. Has no times. */
  | 'failed'
  /** The format says that it cannot hold the value or do the operation: see `reason`. Has no times. */
  | 'unsupported'
  /** Came back right, but the run ended before it was timed. */
  | 'skipped';

export type Failure =
  /** An error was thrown. */
  | 'error'
  /** What came back is not what went in, and no loss was reported. */
  | 'wrong-value'
  | 'timeout'
  /** The process ended by itself: a signal, or an exit code. */
  | 'crash'
  | 'out-of-memory';

/** One cell: a workload, a format and engine, a compression and an operation. */
export interface CellRecord {
  readonly kind: 'cell';
  readonly schema: typeof RESULT_SCHEMA;
  readonly run: string;
  /** Unique in a run and the same in every run: `array(1000x1000)/parquet@hyparquet/zstd/write`. */
  readonly cell: string;
  readonly workload: WorkloadRecord;
  readonly format: string;
  readonly engine: string | null;
  /**
   * Set where another library did the work, without FormatLab, in a file of this format (`raw`: of none): what it took
   * is shown beside the formats and never ranked with them. Its losses are told from what came back; its bytes, where
   * they are known, are those that the kernel counted.
   */
  readonly peer?: string;
  readonly compression: Compression;
  /** Options of the format other than the engine, where any were given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly operation: OperationId;
  readonly status: CellStatus;
  /** Whether every value came back to the bit; null where the check did not get so far. */
  readonly fidelity: 'exact' | 'lossy' | null;
  /** What did not survive, as the format reported it while writing and reading. At most 100 are listed. */
  readonly losses: readonly Loss[];
  /** Losses in all, also those not listed. */
  readonly lossCount: number;
  readonly failure: Failure | null;
  /** One line, for a status other than `ok`. */
  readonly reason: string | null;
  /** Raw measurements, one item a process, in the order they were made. */
  readonly processes: readonly ProcessSamples[];
  /** Derived from `processes`; null without any. */
  readonly times: TimeSummary | null;
  /** Null where it could not be measured. */
  readonly memory: MemoryUse | null;
  readonly io: IoUse | null;
  /** The file that was written or read; its size after the operation. Null for messages. */
  readonly file: { readonly bytes: number } | null;
  /** Of reading, where it was asked for. */
  readonly cold?: ColdUse;
  /** Only of the workload `messages`. */
  readonly messages: MessageSummary | null;
  readonly seed: number;
  readonly versions: Versions;
  /** See {@link Machine.fingerprint}. */
  readonly machine: string;
}

export interface WorkloadRecord {
  /** `array`, `arrays`, `counter`, `table`, `tree`, `messages`, `file`. */
  readonly id: string;
  /** With its parameters, for people: `one array of 1000 × 1000 float64`. */
  readonly title: string;
  /** `{ rows: 1000, columns: 1000 }`; for `file` the name and the detected format. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly dataset: {
    /** SHA-256 over kinds, names, types, shapes and bits of all values. */
    readonly sha256: string;
    /** Bytes of the values: elements of arrays, UTF-8 of strings. Not what they take in memory. */
    readonly bytes: number;
    /** Entries, rows or messages: what "one" is one of. */
    readonly entries: number;
  };
}

/**
 * Parts of an operation. Of writing: `convert` (to what the format holds), `encode` (and compress) and `write` (the
 * file). Of reading: `open` (until the first byte is asked for), `read` (the file), `decode` (and decompress) and
 * `materialise` (a checksum visits every value, so that none is left for later). Of a counter: `load` (importing the
 * format's code) and `work`. They add up to the total.
 */
export type Stage =
  | 'convert'
  | 'encode'
  | 'write'
  | 'open'
  | 'read'
  | 'decode'
  | 'materialise'
  | 'load'
  | 'work';

/** What one fresh process measured. */
export interface ProcessSamples {
  /** Block of the run (0, 1, …); each block has every cell once, in random order. */
  readonly block: number;
  /** When it was started, in ms of the run. */
  readonly startedMs?: number;
  /**
   * Ms of work that has nothing to do with the format, done at the start of the process: how fast the machine was.
   * See `measure/reference.ts`.
   */
  readonly referenceMs?: number;
  /** The first call in the process, library start-up included, in ms. */
  readonly firstMs: number;
  /** Samples in ms of one operation. A sample of short operations is the mean of as many as fill 20 ms. */
  readonly samplesMs: readonly number[];
  /** Operations in a sample, in the median over samples: as many as fill 20 ms. */
  readonly batch: number;
  /** Of each stage, one figure a sample. */
  readonly stagesMs: Readonly<Partial<Record<Stage, readonly number[]>>>;
  /** Operations before the first sample, the first call included. */
  readonly warmupRuns: number;
  /** Whether the last two halves of the warm-up agreed within 10 %. */
  readonly warm: boolean;
  /** Share of the samples' time spent in garbage collection, 0 … 1. */
  readonly gcShare: number;
  /** The process took turns with those of its block that it is compared with, sample by sample. */
  readonly inTurns?: boolean;
  /** Only of `messages`: round trips in ms. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number };
}

/** All in ms of one operation. */
export interface TimeSummary {
  /** Median of the processes' medians. */
  readonly medianMs: number;
  /** 95 % interval of the median, by bootstrap over processes and their samples; null for one process. */
  readonly interval95Ms: readonly [number, number] | null;
  readonly minMs: number;
  /** Median over processes of the first call. */
  readonly firstMs: number;
  /** Median of process medians of each stage. */
  readonly stagesMs: Readonly<Partial<Record<Stage, number>>>;
  readonly processes: number;
  readonly samples: number;
}

/** From a process of its own that runs the operation once. */
export interface MemoryUse {
  /** Most memory resident at a time during the operation. */
  readonly peakBytes: number;
  /** Resident just before it: Node.js, the format's code, and for writing the value. */
  readonly baselineBytes: number;
  /** `VmHWM`: the kernel's high-water mark, reset before (Linux). `sampled`: polled, so a lower bound. */
  readonly method: 'VmHWM' | 'sampled';
}

/** Counted by the source or sink that the operation went through. */
export interface IoUse {
  readonly bytesRead: number;
  readonly reads: number;
  readonly bytesWritten: number;
  readonly writes: number;
  /** Of the bytes written, those that took the place of ones that were there. */
  readonly bytesRewritten: number;
  /** What the kernel counted for the same operation done once more; there where it tells (Linux). */
  readonly audit?: IoAudit;
  /** Where in the file was read, as `[at, length]`, neighbours joined; at most 256. */
  readonly rangesRead: readonly (readonly [number, number])[];
  /** Where in the file was written, in the same way; absent in runs of before, and where only the sum is known. */
  readonly rangesWritten?: readonly (readonly [number, number])[];
  /**
   * True where the format's library works on the file itself, past the counting sink: what was written is what its commit
   * told, and what was read is the kernel's count.
   */
  readonly pastSink?: true;
}

/** `/proc/self/io` before and after the operation. */
export interface IoAudit {
  /** `rchar`: bytes that read calls of the whole process gave. */
  readonly kernelRead: number;
  /** `wchar`. */
  readonly kernelWritten: number;
  /** Whether both are what was counted, but for the few bytes that threads of Node.js say to each other. */
  readonly agrees: boolean;
}

/** Reading a file of which the system's page cache held nothing: measured with `--cache cold`. */
export interface ColdUse {
  /** One item a process, one sample a call, each after the file was dropped from the cache and was seen to be. */
  readonly processes: readonly { readonly samplesMs: readonly number[] }[];
  /** Null where the cache could not be seen to be cold. */
  readonly medianMs: number | null;
  readonly interval95Ms: readonly [number, number] | null;
  /** Why there is no figure. */
  readonly reason: string | null;
}

export interface MessageSummary {
  readonly perSecond: number;
  /** Encoded, without the four bytes of the frame's length. */
  readonly bytesPerMessage: number;
  /** Round trips, one message under way at a time: median over processes. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

/** What `renderReport` makes of records. */
export interface Report {
  /** One self-contained page. */
  readonly html: string;
  readonly markdown: string;
  /** One line a cell, with a header. */
  readonly csv: string;
}
