import { createLab, firstDifference, ndarray, table } from '@formatlab/core';

const exported = await import(process.argv[2]);
const formats = Object.values(exported).filter(
  (value) => typeof value?.id === 'string' && typeof value.encode === 'function',
);
if (formats.length === 0) throw new Error(`use '${process.argv[2]}': it exports no format`);
for (const format of formats) {
  const value = format.can.roots.includes('array')
    ? ndarray(new Float64Array([1, 2.5, -0, 4, 5, 6]), [2, 3])
    : table({ x: new Float64Array([1, 2.5, -0]), name: ['a', 'é', ''] });
  const lab = createLab([format]);
  const losses = [];
  const bytes = await lab.encode(value, format.id, { onLoss: (loss) => losses.push(loss) });
  const difference = firstDifference(await lab.decode(bytes, { format: format.id }), value);
  if (difference !== undefined && losses.length === 0)
    throw new Error(`${format.id}: ${JSON.stringify(difference)}`);
}
