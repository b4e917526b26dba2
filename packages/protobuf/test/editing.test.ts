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
    const before = await lab.encode(rows, 'protobuf', { options });
    const sink = bytesSink(before);
    const editor = await lab.edit(sink, { format: 'protobuf', options });
    await editor.append('', rows);
    expect(await editor.commit()).toMatchObject({ written: before.length, rewritten: 0 });
    await editor.close();
    const back = await lab.load(sink, { format: 'protobuf', options });
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
