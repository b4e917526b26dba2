import type { Value } from '@formatlab/core';
import { type ExpectedObject, leavesOf } from './hdf5.js';

type H5wasm = typeof import('h5wasm').default;

let loading: Promise<H5wasm> | undefined;
let files = 0;

/** An instance of its own: the package under test fences the file system of the one it loads. */
function load(): Promise<H5wasm> {
  loading ??= import(`${import.meta.resolve('h5wasm')}?peer`).then(
    async ({ default: h5wasm }: { default: H5wasm }) => {
      const module = await h5wasm.ready;
      // Else failed reads are silent.
      (module as unknown as { activate_throwing_error_handler(): void }).activate_throwing_error_handler();
      return h5wasm;
    },
  );
  return loading;
}

/** The same files as a user of h5wasm reads them: `get(path)`, `shape`, `value`. */
export async function h5wasmDifference(
  bytes: Uint8Array,
  objects: readonly ExpectedObject[],
): Promise<string | undefined> {
  const h5wasm = await load();
  const { FS } = await h5wasm.ready;
  const name = `/corpus-${++files}.h5`;
  FS.writeFile(name, bytes);
  const file = new h5wasm.File(name, 'r');
  try {
    for (const object of objects) {
      if (object.kind !== 'dataset' || object.readable === false) continue;
      const found = file.get(object.path) as { shape?: readonly number[] | null; value?: unknown } | null;
      if (found === null) return `${object.path}: not found`;
      const { shape = null } = object;
      if (String(found.shape ?? null) !== String(shape)) return `${object.path}: shape [${found.shape}]`;
      if (shape === null || object.first === undefined || object.class === 'M') continue;
      const expected = leavesOf(object.first as Value, object.class);
      const leaves = plainLeaves(found.value);
      const at = expected.findIndex((leaf, i) => leaf !== leaves[i]);
      if (at >= 0 && object.class !== 'ref')
        return `${object.path}: ${expected[at]} came back as ${leaves[at]}`;
    }
    return undefined;
  } finally {
    file.close();
    FS.unlink(name);
  }
}

function plainLeaves(value: unknown): string[] {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>, String);
  return Array.isArray(value) ? value.flatMap(plainLeaves) : [String(value)];
}
