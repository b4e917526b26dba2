import { existsSync, readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { isNDArray } from '@formatlab/core';
import { expect, it } from 'vitest';
import { lab } from '../src/lab.js';

const OWNED = 'owned-by-a-file';

it('a pickle that would run os.system is shown as data', async () => {
  const value = await lab.decode(Buffer.from(`cposix\nsystem\n(S'touch ${OWNED}'\ntR.`), {
    format: 'pickle',
  });
  expect(value).toMatchObject({
    tag: 'object',
    value: { class: { tag: 'global', value: { module: 'posix', name: 'system' } }, args: [`touch ${OWNED}`] },
  });
  expect(existsSync(OWNED)).toBe(false);
});

it('a YAML with !!python/object is shown as data', async () => {
  const text = `run: !!python/object/apply:os.system ['touch ${OWNED}']\n`;
  expect(await lab.decode(Buffer.from(text), { format: 'yaml' })).toMatchObject({
    run: { tag: 'tag:yaml.org,2002:python/object/apply:os.system', value: [`touch ${OWNED}`] },
  });
  expect(existsSync(OWNED)).toBe(false);
});

it('an XML with external entities is refused, and nothing of theirs is opened', async () => {
  const text = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>';
  await expect(lab.decode(Buffer.from(text), { format: 'xml' })).rejects.toMatchObject({
    code: 'unsupported',
    feature: 'external entities',
  });
});

it('a zip bomb in an npz is refused before its content is allocated', async () => {
  const before = process.memoryUsage().rss;
  await expect(lab.decode(zipBomb(), { format: 'numpy' })).rejects.toMatchObject({ code: 'limit' });
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
});

it('an HDF5 that points into other files: its own data is read, theirs is refused by name', async () => {
  const bytes = readFileSync(new URL('../../../packages/hdf5/test/fixtures/hostile.h5', import.meta.url));
  const file = await lab.open(bytes, { format: 'hdf5' });
  expect(isNDArray(await file.read('/x'))).toBe(true);
  for (const path of ['/elsewhere', '/raw', '/foreign'])
    await expect((async () => file.read(path))(), path).rejects.toMatchObject({ code: 'unsupported' });
  await file.close();
});

/** One member of 2 GB that takes 2 MB: a header that tells of few bytes, and far more behind it. */
function zipBomb(): Uint8Array {
  const header = Buffer.from(
    "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (250000000,), }",
    'latin1',
  );
  const start = Buffer.concat([header, Buffer.alloc(127 - header.length, ' '), Buffer.from('\n')]);
  const zeros = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: 3 });
  // Deflated blocks that end on a byte may be repeated: each unpacks to another MiB.
  const data = Buffer.concat([
    deflateRawSync(start, { finishFlush: 3 }),
    ...Array.from({ length: 2000 }, () => zeros),
    Buffer.from([3, 0]),
  ]);
  const size = start.length + 2000 * 2 ** 20;
  const name = Buffer.from('a.npy');
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, data]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
