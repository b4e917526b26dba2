import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSink, createLab, isTable, ndarray, table } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { protobuf } from '../src/index.js';

const lab = createLab([protobuf]);

describe('adding at the end of the file', () => {
  it('rows of a stream leave what was there', async () => {
    const options = {
      schema: 'syntax = "proto3"; message Row { double x = 1; string s = 2; }',
      stream: true,
    };
    const rows = table({ x: new Float64Array([1, 2]), s: ['a', 'b'] });
    const folder = mkdtempSync(join(tmpdir(), 'stream-'));
    const path = join(folder, 'rows.pb');
    await lab.save(path, rows, { options });
    const { size } = statSync(path);
    const editor = await lab.edit(path, { format: 'protobuf', options });
    await editor.append('', rows);
    expect(await editor.commit()).toMatchObject({ written: size, rewritten: 0 });
    await editor.close();
    const back = await lab.load(path, { options });
    rmSync(folder, { recursive: true });
    expect(isTable(back) && back.rows).toBe(4);
  });

  it('an entry that comes twice counts as it comes last', async () => {
    const sink = bytesSink(await lab.encode({ a: ndarray(new Float64Array(100)), b: 'x' }, 'protobuf'));
    const editor = await lab.edit(sink, { format: 'protobuf' });
    await editor.put('/a', 'new');
    expect(await editor.commit()).toMatchObject({ rewritten: 0 });
    await editor.close();
    expect(await lab.load(sink, { format: 'protobuf' })).toMatchObject({ a: 'new', b: 'x' });
  });
});
