import { expect, it } from 'vitest';
import { inTurns } from '../src/run/in-turns.js';
import { medianRatio, pairsOf } from '../src/statistics/bootstrap.js';

it('lets processes take turns, one step each, until all have ended', async () => {
  const steps: string[] = [];
  let working = 0;
  const start =
    (name: string, count: number) =>
    async (ready: (go: () => void) => void): Promise<string> => {
      for (let i = 0; i < count; i++) {
        working--;
        await new Promise<void>((go) => ready(go));
        expect(++working).toBe(1);
        steps.push(`${name}${i}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      working--;
      return name;
    };
  const counted = (name: string, count: number) => (ready: (go: () => void) => void) => {
    working++;
    return start(name, count)(ready);
  };
  expect(await inTurns([counted('a', 3), counted('b', 1), counted('c', 2), counted('d', 0)])).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
  expect(steps).toEqual(['a0', 'b0', 'c0', 'a1', 'c1', 'a2']);
});

it('goes on with the others when one fails', async () => {
  const fails = async (ready: (go: () => void) => void): Promise<string> => {
    await new Promise<void>((go) => ready(go));
    throw new Error('broken');
  };
  const works = async (ready: (go: () => void) => void): Promise<string> => {
    await new Promise<void>((go) => ready(go));
    return 'done';
  };
  const done: string[] = [];
  const noting = (ready: (go: () => void) => void) =>
    works(ready).then((word) => {
      done.push(word);
      return word;
    });
  await expect(inTurns([fails, noting])).rejects.toThrow('broken');
  expect(done).toEqual(['done']);
});

it('compares samples of one turn with each other: the ratio holds while the machine changes its pace', () => {
  const pace = [10, 10, 16, 16, 16, 10, 10];
  const process = (factor: number) => ({ block: 0, inTurns: true, samplesMs: pace.map((ms) => ms * factor) });
  const [pair] = pairsOf([process(1.1)], [process(1)]);
  expect(pair!.ours.every((ratio) => Math.abs(ratio - 1.1) < 1e-12)).toBe(true);
  expect(medianRatio([pair!])).toBeCloseTo(1.1, 12);
});
