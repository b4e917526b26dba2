import { FormatError } from '@formatlab/core';

/** Formats that only a process of their own survives. JavaScript, since a child process imports them. */
function makeFormat(id, onBroken) {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return {
    id,
    title: id,
    extensions: ['.txt'],
    mediaTypes: [],
    options: {},
    can: {
      roots: ['tree'],
      dtypes: { read: [], write: [] },
      maxRank: 0,
      attributes: false,
      integrity: 'none',
      references: false,
      batches: { read: false, write: false },
      list: 'whole',
      readOne: 'whole',
      slice: 'none',
      append: 'rewrite',
      update: 'rewrite',
    },
    probe: () => undefined,
    encode: (value) => encoder.encode(`<${JSON.stringify(value)}>`),
    decode(bytes) {
      try {
        const text = decoder.decode(bytes);
        if (!text.startsWith('<') || !text.endsWith('>')) throw new SyntaxError('no brackets');
        return JSON.parse(text.slice(1, -1));
      } catch (error) {
        return onBroken(bytes, error);
      }
    },
  };
}

export const sound = makeFormat('sound', (_bytes, error) => {
  throw new FormatError('corrupt', 'read text: it is broken', { cause: error });
});

/** Outside of any call that could be interrupted. */
export const hangs = makeFormat('hangs', async () => {
  await new Promise((resolve) => setImmediate(resolve));
  while (Date.now() > 0);
});

export const exits = makeFormat('exits', () => process.exit(3));

export const devours = makeFormat('devours', () => {
  const hoard = [];
  for (;;) hoard.push(new Array(1e5).fill(hoard.length));
});
