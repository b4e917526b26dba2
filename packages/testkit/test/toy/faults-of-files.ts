import type { Context, Source } from '@formatlab/core';
import { withEditor, withReader } from './altered.js';
import type { Fault } from './fault.js';
import { type ToyOptions, toy } from './format.js';

const { edit: _edit, ...withoutEdit } = toy;
const { open: _open, ...withoutOpen } = toy;
/** Faults in how files are reached and changed. */
export const faultsOfFiles: readonly Fault[] = [
  {
    name: 'claims to seek, and reads the whole file',
    format: {
      ...toy,
      open: async (source: Source, context: Context<ToyOptions>) => {
        await source.read([{ at: 0, length: source.size }]);
        return toy.open!(source, context);
      },
    },
    caughtBy: ['grade: list by index', 'grade: read one by seek', 'grade: slice of an array by contiguous'],
    says: /touched \d+ bytes, at most \d+ expected/,
  },
  {
    name: 'claims to seek, and has no reader',
    format: withoutOpen,
    caughtBy: ['grade: list by index', 'grade: read one by seek'],
    says: /touched \d+ bytes/,
  },
  {
    name: 'claims slices, and reads the whole array',
    format: withReader((reader) => ({
      read: async (path, selection) => {
        await reader.read(path);
        return reader.read(path, selection);
      },
    })),
    caughtBy: ['grade: slice of an array by contiguous'],
    says: /touched \d+ bytes/,
  },
  {
    name: 'claims to append, and rewrites',
    format: withoutEdit,
    caughtBy: ['grade: append by footer: an entry', 'grade: update by in-place'],
    says: /bytes written: touched \d+ bytes/,
  },
  {
    name: 'claims to append at the tail, and rewrites an index',
    format: { ...toy, can: { ...toy.can, append: 'tail' } },
    caughtBy: ['grade: append by tail: an entry'],
    says: /bytes rewritten: touched \d+ bytes/,
  },
  {
    name: 'claims to update in place, and adds behind the end',
    format: withEditor((editor) => ({
      put: async (path, value) => {
        await ignored(() => editor.remove(path));
        return editor.put(path, value);
      },
    })),
    caughtBy: ['grade: update by in-place'],
    says: /the file has grown/,
  },
  {
    name: 'reports that commit wrote nothing',
    format: withEditor((editor) => ({
      commit: async () => {
        await editor.commit();
        return { written: 0, rewritten: 0 };
      },
    })),
    caughtBy: ['edit: an entry is added', 'grade: append by footer: an entry'],
    says: /commit reports 0 bytes written/,
  },
  {
    name: 'keeps what was not committed',
    format: withEditor((editor) => ({ close: async () => void (await editor.commit()) })),
    caughtBy: [
      'edit: without commit the file stays as it was',
      'edit: a root array stays as it was without commit',
    ],
    says: /compare the file after an edit that was not committed/,
  },
  {
    name: 'does not remove',
    format: withEditor(() => ({ remove() {} })),
    caughtBy: ['edit: an entry is removed', 'edit: an entry that is not there is not found'],
    says: /expected nothing|it went through/,
  },
  {
    name: 'replaces where it should append',
    format: withEditor((editor) => ({ append: (path, value) => editor.put(path, value) })),
    caughtBy: ['edit: slabs are appended to an array entry', 'edit: a root table grows'],
    says: /then read back/,
  },
  {
    name: 'drops a batch',
    format: withEditor((editor) => ({
      writeBatches: async (path, batches) => {
        for await (const batch of batches) return editor.put(path, batch);
      },
    })),
    caughtBy: ['edit: batches of rows are written'],
    says: /write batches, then read back/,
  },
  {
    name: 'claims batches, and reads the whole for them',
    format: { ...toy, can: { ...toy.can, batches: { read: true, write: false } } },
    caughtBy: ['grade: batches pass in windows'],
    says: /claimed without the whole, in one read: touched \d+ bytes/,
  },
  {
    name: 'claims batches, and collects them',
    format: { ...toy, can: { ...toy.can, batches: { read: false, write: true } } },
    caughtBy: ['grade: batches are written as they come'],
    says: /claimed without the whole: 0 bytes were written when the last of 20 was asked for/,
  },
  {
    name: 'slices one short',
    format: withReader((reader) => ({
      read: (path, selection) =>
        reader.read(path, selection?.slice === '0:2' ? { ...selection, slice: '0:1' } : selection),
    })),
    caughtBy: [
      'read: slices of arrays are those of the whole',
      'read: rows and columns of tables are those of the whole',
    ],
    says: /\[0:2\]/,
  },
  {
    name: 'takes misfits for everything',
    format: withReader((reader) => ({
      read: async (path, selection) => {
        try {
          return await reader.read(path, selection);
        } catch {
          return reader.read(path);
        }
      },
    })),
    caughtBy: ['read: selections that do not fit an array are refused'],
    says: /expected a FormatError 'bad-selection', it went through/,
  },
  {
    name: 'ignores the columns asked for',
    format: withReader((reader) => ({
      read: (path, selection) =>
        reader.read(path, selection?.slice === undefined ? undefined : { slice: selection.slice }),
    })),
    caughtBy: ['read: rows and columns of tables are those of the whole'],
    says: /of columns/,
  },
  {
    name: 'gives null for what is not there',
    format: withReader((reader) => ({
      read: async (path, selection) => (path.startsWith('/nothing') ? null : reader.read(path, selection)),
    })),
    caughtBy: ['read: an entry that is not there is not found'],
    says: /expected a FormatError 'not-found'/,
  },
  {
    name: 'does not list the last entry',
    format: withReader((reader) => ({ entries: async () => (await reader.entries()).slice(0, -1) })),
    caughtBy: ['read: every entry is its part of the whole'],
    says: /is in the file, the list has/,
  },
  {
    name: 'lists wrong shapes',
    format: withReader((reader) => ({
      entries: async () =>
        (await reader.entries()).map((entry) =>
          entry.shape === undefined ? entry : { ...entry, shape: [...entry.shape].reverse() },
        ),
    })),
    caughtBy: ['read: entries tell what they are'],
    says: /has shape \[6,3\], listed as \[3,6\]/,
  },
  {
    name: 'mixes up reads that overlap',
    format: withReader((reader) => {
      let last = '';
      return {
        read: async (path, selection) => {
          last = path;
          await Promise.resolve();
          return reader.read(last, selection);
        },
      };
    }),
    caughtBy: ['read: several entries at once'],
    says: /beside others/,
  },
];

async function ignored(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch {
    // The fault: errors are swallowed.
  }
}
