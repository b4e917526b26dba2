import type { Cell } from '../cells.js';
import { versionsOf } from '../formats.js';
import type { DatasetResult, GroupFiles, JobResults, MemoryResult, Verdict } from '../processes/job.js';
import type { ChildOutcome } from '../processes/run-child.js';
import {
  type CellRecord,
  type ColdUse,
  type Failure,
  type ProcessSamples,
  RESULT_SCHEMA,
  type Versions,
} from '../results/record.js';
import { summariseMessages, summariseTimes } from '../results/summarise.js';
import { workloadOf } from '../workloads/index.js';
import { isSettled, widthOf } from './settled.js';

/** What is the same in all cells of a run. */
export interface RunFrame {
  readonly run: string;
  readonly seed: number;
  readonly machine: string;
}

/** A cell while its run goes on: what is known of it so far. */
export class CellState {
  readonly cell: Cell;
  readonly files: GroupFiles;
  readonly #dataset: DatasetResult;
  readonly #frame: RunFrame;
  #verdict: Verdict | undefined;
  #memory: MemoryResult | undefined;
  #cold: ColdUse | undefined;
  #bytesPerMessage: number | undefined;
  #failed: { failure: Failure; reason: string } | undefined;
  #processes: readonly ProcessSamples[] = [];
  /** Of the processes then: it is asked for much more often than they change. */
  #width: { readonly of: readonly ProcessSamples[]; readonly share: number } | undefined;
  /** Share of its time by which each operation is held up: see `RunSettings.planted`. */
  readonly slowdown: number;

  constructor(cell: Cell, files: GroupFiles, dataset: DatasetResult, frame: RunFrame, slowdown = 0) {
    this.cell = cell;
    this.slowdown = slowdown;
    this.files = files;
    this.#dataset = dataset;
    this.#frame = frame;
  }

  /** Takes over what an interrupted run found out. */
  restore({ processes, memory, io, file, cold, messages, status, failure, reason }: CellRecord): void {
    this.#processes = processes;
    this.#cold = cold;
    this.#bytesPerMessage = messages?.bytesPerMessage;
    if (memory !== null || io !== null || file !== null)
      this.#memory = { memory, io, fileBytes: file?.bytes ?? null };
    if (status === 'failed' && failure !== null) this.takeFailure(failure, reason ?? failure);
  }

  restoreProcesses(processes: readonly ProcessSamples[]): void {
    this.#processes = processes;
  }

  /** The same cell, checked like this one and not timed yet: under a second name, or of another run. */
  twin(frame: RunFrame = this.#frame, slowdown: number = this.slowdown): CellState {
    const twin = new CellState(this.cell, this.files, this.#dataset, frame, slowdown);
    twin.#verdict = this.#verdict;
    twin.#failed = this.#failed;
    return twin;
  }

  get processes(): readonly ProcessSamples[] {
    return this.#processes;
  }

  get hasMemory(): boolean {
    return this.#memory !== undefined;
  }

  get hasCold(): boolean {
    return this.#cold !== undefined;
  }

  takeCold(cold: ColdUse): void {
    this.#cold = cold;
  }

  hasBlock(block: number): boolean {
    return this.#processes.some((one) => one.block === block);
  }

  /** Width of the 95 % interval as a share of the median; infinite for fewer than two processes. */
  get width(): number {
    if (this.#width?.of !== this.#processes)
      this.#width = { of: this.#processes, share: widthOf(this.#processes) };
    return this.#width.share;
  }

  /** Whether the processes of the blocks before `block` say enough. */
  isSettledBefore(block: number): boolean {
    return isSettled(this.#processes.filter((one) => one.block < block));
  }

  get way(): number {
    return this.#verdict?.way ?? 0;
  }

  /** Passed the check and did not fail since. */
  get isMeasurable(): boolean {
    return this.#verdict?.status === 'ok' && this.#failed === undefined;
  }

  get isChecked(): boolean {
    return this.#verdict !== undefined || this.#failed !== undefined;
  }

  takeVerdict(verdict: Verdict): void {
    this.#verdict = verdict;
  }

  takeFailure(failure: Failure, reason: string): void {
    this.#failed = { failure, reason };
  }

  takeMemory(outcome: ChildOutcome<MemoryResult>): void {
    if (outcome.ok) this.#memory = outcome.result;
    else this.takeFailure(outcome.failure, `measure memory: ${outcome.reason}`);
  }

  /** @param startedMs of the run */
  takeSamples(outcome: ChildOutcome<JobResults['time']>, block: number, startedMs: number): void {
    if (!outcome.ok) {
      this.takeFailure(outcome.failure, outcome.reason);
      return;
    }
    const { bytesPerMessage, ...samples } = outcome.result;
    this.#bytesPerMessage = bytesPerMessage;
    this.#processes = [...this.#processes, { block, startedMs: Math.round(startedMs), ...samples }];
  }

  record(): CellRecord {
    const { cell } = this;
    const { workload, choice, compression, operation } = cell;
    // A cell that failed after all gets no times.
    const processes = this.isMeasurable ? this.#processes : [];
    return {
      kind: 'cell',
      schema: RESULT_SCHEMA,
      run: this.#frame.run,
      cell: cell.id,
      workload: {
        id: workload.id,
        title: workloadOf(workload.id).title(workload.parameters),
        parameters: workload.parameters,
        dataset: { sha256: this.#dataset.sha256, bytes: this.#dataset.bytes, entries: this.#dataset.entries },
      },
      format: choice.format,
      engine: choice.engine,
      ...(choice.peer === undefined ? {} : { peer: choice.peer.id }),
      compression,
      options: choice.options,
      operation,
      ...this.#outcome(processes.length),
      processes,
      times: summariseTimes(processes),
      memory: this.#memory?.memory ?? null,
      io: this.#memory?.io ?? null,
      file:
        this.#memory === undefined || this.#memory.fileBytes === null
          ? null
          : { bytes: this.#memory.fileBytes },
      ...(this.#cold === undefined ? {} : { cold: this.#cold }),
      messages: summariseMessages(processes, this.#bytesPerMessage),
      seed: this.#frame.seed,
      versions: choice.peer?.versions ?? versionsOfModule(choice.module),
      machine: this.#frame.machine,
    };
  }

  #outcome(
    processes: number,
  ): Pick<CellRecord, 'status' | 'fidelity' | 'losses' | 'lossCount' | 'failure' | 'reason'> {
    const { fidelity = null, losses = [], lossCount = 0 } = this.#verdict ?? {};
    const known = { fidelity, losses, lossCount };
    if (this.#failed !== undefined) return { ...known, status: 'failed', ...this.#failed };
    if (this.#verdict === undefined)
      return { ...known, status: 'skipped', failure: null, reason: 'the run ended before it was checked' };
    const { status, failure, reason } = this.#verdict;
    if (status === 'ok' && processes === 0)
      return { ...known, status: 'skipped', failure: null, reason: 'the run ended before it was timed' };
    return { ...known, status, failure, reason };
  }
}

const known = new Map<string, Versions>();

function versionsOfModule(module: string): Versions {
  const versions = known.get(module) ?? versionsOf(module);
  known.set(module, versions);
  return versions;
}
