import { readFileSync } from 'node:fs';
import { PROBE_BYTES, type ProbeInput } from '@formatlab/core';
import { expectTrue } from './expect.js';
import { sampleValues } from './reading.js';
import { seededBytes } from './samples/random.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** What a format's own file must score at least: it looks like it. */
const OWN_SCORE = 0.5;
/** What another format's file may not reach: a structure that is hard to meet by chance. */
const FOREIGN_SCORE = 0.8;
/** Below this core takes the probe for undecided. */
const LEAST_SCORE = 0.05;

/** The start and end of a small file of some format. */
export interface Head {
  readonly name: string;
  /** Ids of formats whose files these are; empty for what none of ours reads. */
  readonly owners: readonly string[];
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly head: string;
  readonly tail: string;
}

/** Own files are recognised, foreign ones are left to their owners. */
export function addProbeTests(suite: Suite, subject: Subject): void {
  suite.add('probe: recognises its own files without a name', async () => {
    let best = 0;
    for (const value of [subject.small(), ...sampleValues(subject)]) {
      const result = subject.format.probe(probeInput(await subject.encode(value)));
      expectTrue(
        result !== undefined && result.score >= LEAST_SCORE,
        'probe a file of its own: it says that it is none',
      );
      expectTrue(
        result.score <= 1 && result.why !== '',
        `probe a file of its own: score ${result.score} with reason '${result.why}'`,
      );
      best = Math.max(best, result.score);
    }
    expectTrue(
      best >= OWN_SCORE,
      `probe files of its own: the best score is ${best}, at least ${OWN_SCORE} expected`,
    );
  });
  suite.add('probe: leaves the files of other formats alone', () => {
    for (const head of readHeads()) {
      if (head.owners.includes(subject.id)) continue;
      const score = subject.format.probe(inputOf(head))?.score ?? 0;
      expectTrue(
        score < FOREIGN_SCORE,
        `probe '${head.name}': claims it with ${score}, less than ${FOREIGN_SCORE} expected`,
      );
    }
  });
  suite.add('probe: never throws, whatever the bytes', async () => {
    const own = await subject.encode(subject.small());
    const inputs = [
      new Uint8Array(0),
      ...Array.from({ length: 64 }, (_, i) => own.subarray(0, i)),
      ...readHeads().flatMap((head) => cuts(inputOf(head).head)),
    ];
    for (let seed = 1; seed <= 200; seed++) inputs.push(seededBytes(seed * 3, seed));
    for (const bytes of inputs) subject.format.probe(probeInput(bytes));
  });
}

/** Sample heads of many formats; see `heads/make-heads.py`. */
export function readHeads(): readonly Head[] {
  return JSON.parse(readFileSync(new URL('../heads/heads.json', import.meta.url), 'utf8')) as Head[];
}

function cuts(head: Uint8Array): Uint8Array[] {
  return [1, 2, 3, 4, 7, 8, 15, 16, 31, 64, 100].map((length) => head.subarray(0, length));
}

function probeInput(bytes: Uint8Array): ProbeInput {
  const tail = bytes.subarray(Math.max(0, bytes.byteLength - PROBE_BYTES));
  return { head: bytes.subarray(0, PROBE_BYTES), tail, size: bytes.byteLength, name: undefined };
}

function inputOf({ head, tail, size }: Head): ProbeInput {
  return { head: bytesOf(head), tail: bytesOf(tail), size, name: undefined };
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
