import type { ChildProcess } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import type { Value } from '@formatlab/core';
import type { Cell } from '../cells.js';
import { readDataset } from '../datasets/dataset-file.js';
import { warmUp, watchGc } from '../measure/sample.js';
import { type Setup, setUp } from '../measure/setup.js';
import type { GroupFiles, JobResults, SampleSettings } from '../processes/job.js';
import { killChild, send, startChild } from '../processes/run-child.js';
import { quantile } from '../statistics/quantile.js';
import { type Channel, channelOf, receiveFrames, sendFrame } from './frames.js';

const FEWEST_ROUNDS = 3;
const MOST_ROUNDS = 30;
/** Messages sent one at a time, for the latency. */
const ROUND_TRIPS = 200;

/** A sample is one pass of all messages there and back, over the number of messages. */
export async function timeMessages(
  cell: Cell,
  files: GroupFiles,
  settings: SampleSettings,
): Promise<JobResults['time']> {
  const setup = await setUp(cell.choice);
  const messages = readDataset(files.dataset) as readonly Value[];
  const { channel, end } = await startEcho(cell);
  const peer = new Peer(setup, channel);
  try {
    const first = await timed(() => peer.sendAll(messages.slice(0, 1)));
    const warmup = await warmUp(() => timed(() => peer.sendAll(messages)), settings, first);
    const gc = watchGc();
    const samplesMs: number[] = [];
    const start = performance.now();
    while (
      samplesMs.length < FEWEST_ROUNDS ||
      (samplesMs.length < MOST_ROUNDS && performance.now() - start < settings.sampleMs)
    ) {
      globalThis.gc?.();
      samplesMs.push((await timed(() => peer.sendAll(messages))) / messages.length);
    }
    const spent = messages.length * samplesMs.reduce((sum, ms) => sum + ms, 0);
    const gcShare = Math.min(1, (await gc.stop()) / spent);
    const trips: number[] = [];
    for (let i = 0; i < ROUND_TRIPS; i++)
      trips.push(await timed(() => peer.sendAll([messages[i % messages.length]!])));
    const latencyMs = { p50: quantile(trips, 0.5), p99: quantile(trips, 0.99) };
    return {
      firstMs: first + setup.importMs,
      samplesMs,
      batch: messages.length,
      stagesMs: {},
      warmupRuns: warmup.runs,
      warm: warmup.warm,
      gcShare,
      latencyMs,
      bytesPerMessage: peer.bytesSent / peer.sent,
    };
  } finally {
    end();
  }
}

class Peer {
  readonly #setup: Setup;
  readonly #channel: Channel;
  #received = 0;
  #wake: (() => void) | undefined;
  #decoding = Promise.resolve();
  #ended = false;
  sent = 0;
  bytesSent = 0;

  constructor(setup: Setup, channel: Channel) {
    this.#setup = setup;
    this.#channel = channel;
    receiveFrames(channel.input, (message) => {
      this.#decoding = this.#decoding.then(async () => {
        await setup.lab.decode(message, setup.call);
        this.#received++;
        this.#wake?.();
      });
    });
    channel.input.once('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** Sends all and waits until all came back and were decoded. */
  async sendAll(messages: readonly Value[]): Promise<void> {
    const { lab, call } = this.#setup;
    for (const message of messages) {
      const bytes = await lab.encode(message, call.format, call);
      this.sent++;
      this.bytesSent += bytes.byteLength;
      sendFrame(this.#channel.output, bytes);
    }
    while (this.#received < this.sent) {
      if (this.#ended) throw new Error('the other process ended before it had answered all messages');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function startEcho(cell: Cell): Promise<{ channel: Channel; end: () => void }> {
  if (cell.operation === 'pipe') {
    const child = startChild([], ['pipe', 'pipe', 'ignore', 'ipc']);
    send(child, { kind: 'echo', choice: cell.choice, port: undefined });
    return { channel: { input: child.stdout!, output: child.stdin! }, end: () => killChild(child) };
  }
  let child: ChildProcess | undefined;
  const socket = await new Promise<Socket>((resolve, reject) => {
    const server = createServer({ noDelay: true }, (accepted) => {
      server.close();
      resolve(accepted);
    });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      // A listening TCP server has an address with a port.
      const { port } = server.address() as { port: number };
      child = startChild();
      send(child, { kind: 'echo', choice: cell.choice, port });
    });
  });
  return {
    channel: channelOf(socket),
    end: () => {
      socket.destroy();
      if (child !== undefined) killChild(child);
    },
  };
}
