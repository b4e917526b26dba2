import { seededBytes, seededIndices, seededRandom } from './samples/random.js';

/** Ways to damage a file. */
export const ATTACKS = ['cut files', 'flipped bits', 'lengths of all ones', 'random bytes'] as const;
export type Attack = (typeof ATTACKS)[number];

export interface HostileInput {
  /** Says how to make it again. */
  readonly name: string;
  make(): Uint8Array;
}

/** Files up to this size are cut at every byte and flipped at every bit, larger ones at as many places. */
const WHOLE_FILE = 2048;
/** Both ends of a larger file are cut at every byte. */
const ENDS = 96;
const RANDOM_INPUTS = 400;

/** The inputs of an attack on a file, in an order that is the same every time. */
export function hostileInputs(attack: Attack, file: Uint8Array): readonly HostileInput[] {
  switch (attack) {
    case 'cut files':
      return cutLengths(file.byteLength).map((length) => ({
        name: `the first ${length} of ${file.byteLength} bytes`,
        make: () => file.slice(0, length),
      }));
    case 'flipped bits':
      return seededIndices(file.byteLength * 8, WHOLE_FILE * 8, 1).map((bit) => ({
        name: `bit ${bit % 8} of byte ${Math.floor(bit / 8)} flipped`,
        make: () => flipped(file, bit),
      }));
    case 'lengths of all ones':
      return seededIndices(file.byteLength, WHOLE_FILE, 2).flatMap((at) =>
        PATCHES.map(({ name, bytes }) => ({
          name: `${name} written at byte ${at}`,
          make: () => patched(file, at, bytes),
        })),
      );
    case 'random bytes':
      return randomInputs(file);
  }
}

const PATCHES: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: 'ff ff ff 7f', bytes: Uint8Array.of(0xff, 0xff, 0xff, 0x7f) },
  { name: '7f ff ff ff', bytes: Uint8Array.of(0x7f, 0xff, 0xff, 0xff) },
  { name: 'eight ff', bytes: new Uint8Array(8).fill(0xff) },
];

function cutLengths(size: number): readonly number[] {
  if (size <= WHOLE_FILE) return Array.from({ length: size }, (_, length) => length);
  const chosen = new Set(seededIndices(size, WHOLE_FILE, 3));
  for (let i = 0; i < ENDS; i++) chosen.add(i).add(size - 1 - i);
  return [...chosen];
}

function flipped(file: Uint8Array, bit: number): Uint8Array {
  const copy = file.slice();
  copy[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
  return copy;
}

function patched(file: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const copy = file.slice();
  copy.set(bytes.subarray(0, copy.byteLength - at), at);
  return copy;
}

/** Noise of many lengths: alone, behind the start of a true file, and in its middle. */
function randomInputs(file: Uint8Array): readonly HostileInput[] {
  const inputs: HostileInput[] = [{ name: 'no bytes', make: () => new Uint8Array(0) }];
  const next = seededRandom(4);
  for (let seed = 1; seed <= RANDOM_INPUTS; seed++) {
    const length = 1 + (next() % (seed % 10 === 0 ? 5000 : 200));
    const keep = Math.min(file.byteLength, [0, 4, 8, 16, 64][seed % 5]!);
    inputs.push({
      name: `${keep} bytes of the file and ${length} of noise, seed ${seed}`,
      make: () => joined(file.subarray(0, keep), seededBytes(length, seed)),
    });
  }
  return inputs;
}

function joined(head: Uint8Array, rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.byteLength + rest.byteLength);
  whole.set(head);
  whole.set(rest, head.byteLength);
  return whole;
}
