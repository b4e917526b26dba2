import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndarray, Pairs, table, type Value } from '@formatlab/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditIo } from '../src/measure/audit.js';
import { dropFromCache } from '../src/measure/cold.js';
import { peakOf } from '../src/measure/memory.js';
import { sampleTask, warmUp } from '../src/measure/sample.js';
import { checksum } from '../src/operations/checksum.js';

const onLinux = process.platform === 'linux';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-measure-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('samples', () => {
  const busy = (ms: number): void => {
    for (const end = performance.now() + ms; performance.now() < end; );
  };

  it('are of at least 20 ms, and their stages add up', async () => {
    const result = await sampleTask(
      {
        async run() {
          const start = performance.now();
          busy(0.4);
          const middle = performance.now();
          busy(0.6);
          return { read: middle - start, decode: performance.now() - middle };
        },
        after: () => 0,
      },
      { sampleMs: 100, warmupMs: 20 },
      5,
    );
    for (const [i, ms] of result.samplesMs.entries()) {
      // A sample that was disturbed holds fewer runs than the median says, and the others more.
      expect(result.batch * ms).toBeGreaterThan(10);
      expect(result.stagesMs.read![i]! + result.stagesMs.decode![i]!).toBeLessThanOrEqual(ms);
    }
    expect(result.firstMs).toBeGreaterThan(5);
  });

  it('hold a planted slowdown inside the timer', async () => {
    const task = {
      async run() {
        busy(2);
        return {};
      },
      after: () => 0,
    };
    const { samplesMs } = await sampleTask(task, { sampleMs: 60, warmupMs: 10, slowdown: 0.5 }, 0);
    expect(Math.min(...samplesMs)).toBeGreaterThanOrEqual(2.99);
  });

  it('begin when two halves of the warm-up agree, or are flagged', async () => {
    let [steady, rising] = [0, 0];
    const settings = { sampleMs: 100, warmupMs: 50 };
    expect(await warmUp(async () => (steady++ < 3 ? 20 : 5), settings, 20)).toMatchObject({ warm: true });
    expect(await warmUp(async () => ++rising * 10, settings, 20)).toMatchObject({ warm: false });
    // A first call that loads a library says nothing of how long runs are.
    expect((await warmUp(async () => 5, settings, 700)).runs).toBeGreaterThan(5);
    expect((await warmUp(async () => 500, settings, 700)).runs).toBe(2);
  });
});

describe('a checksum', () => {
  it('visits every value, shared and circular ones once', () => {
    const visited: string[] = [];
    const lazy = {
      get a() {
        return visited.push('a');
      },
      b: [
        {
          get c() {
            return visited.push('c');
          },
        },
      ],
    };
    // Getters stand for what a format reads lazily; to the checksum they are plain values.
    checksum(lazy as unknown as Value);
    expect(visited).toEqual(['a', 'c']);
    const loop: Value[] = [1, 2];
    loop.push(loop as Value);
    expect(checksum(loop)).toBe(3);
    expect(checksum('az')).toBe(97 + 122);
    expect(
      checksum(
        new Pairs([
          [1, 2],
          ['a', 3n],
        ]),
      ),
    ).toBe(1 + 2 + 2 * 97 + 1);
    expect(checksum(ndarray(Uint8Array.of(3, 9, 4), [3]))).toBe(7);
    expect(checksum(table([{ x: 'b' }, { x: 'b' }]))).toBe(4 * 98);
  });
});

describe.runIf(onLinux)('on Linux', () => {
  it('the kernel’s count agrees with what was read and written, and not with anything else', async () => {
    const path = join(folder, 'file');
    const work = async (): Promise<void> => {
      writeFileSync(path, new Uint8Array(1e6));
      readFileSync(path);
    };
    const audit = await auditIo(work, () => ({ bytesRead: 1e6, bytesWritten: 1e6 }));
    expect(audit).toMatchObject({ agrees: true });
    expect(Math.abs(audit!.kernelRead - 1e6)).toBeLessThan(4096);
    expect(await auditIo(work, () => ({ bytesRead: 0, bytesWritten: 1e6 }))).toMatchObject({ agrees: false });
    expect(await auditIo(work, () => ({ bytesRead: 1e6, bytesWritten: 9e5 }))).toMatchObject({
      agrees: false,
    });
  });

  it('a file is dropped from the page cache, and its bytes stay', () => {
    const path = join(folder, 'file');
    writeFileSync(path, new Uint8Array(1e6).fill(7));
    expect(dropFromCache(path)).toBeUndefined();
    expect(readFileSync(path).every((byte) => byte === 7)).toBe(true);
    expect(dropFromCache(join(folder, 'missing', 'file'))).toMatch(/^dd: /);
  });

  it('peak memory is that of the work: memory that came and went is in it', async () => {
    const MIB = 2 ** 20;
    const { peakBytes, baselineBytes, method } = await peakOf(async () => {
      new Uint8Array(64 * MIB).fill(1);
    });
    expect(method).toBe('VmHWM');
    expect(peakBytes - baselineBytes).toBeGreaterThan(60 * MIB);
    expect(peakBytes - baselineBytes).toBeLessThan(128 * MIB);
    const after = await peakOf(async () => {});
    expect(after.peakBytes - after.baselineBytes).toBeLessThan(32 * MIB);
  });
});
