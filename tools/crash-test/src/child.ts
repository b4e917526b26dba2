import { writeSync } from 'node:fs';
import { fileSink, type Sink } from '@formatlab/core';
import { lab } from './formats.js';
import { numbers, rows } from './scenarios.js';

// Appends to a file until it is killed: child.js FORMAT FILE FIRST. Tells on fd 3 when a write begins and ends, and
// when a commit is done.
const TELL = 3;
const [format = '', path = '', first = '0'] = process.argv.slice(2);
const options = { format, onRecover() {} };
const isTable = !lab.formats.get(format).can.roots.includes('entries');

for (let i = Number(first); ; i++) {
  const sink = fileSink(path);
  const file = await lab.edit(telling(sink), options);
  if (isTable) await file.append('', format === 'text' ? numbers(i, 100) : rows(i, 100));
  else await file.put(`/e${i}`, numbers(i));
  // A library that writes by itself does it all in its commit.
  if (file.format.journal === 'own') tell('b');
  await file.commit();
  if (file.format.journal === 'own') tell('e');
  await file.close();
  await sink.close();
  tell('c');
}

function tell(what: 'b' | 'e' | 'c'): void {
  writeSync(TELL, what);
}

/** The same sink; the parent learns whether the kill landed within a write. */
function telling(sink: Sink & { readonly path: string }): Sink {
  const told = <T>(write: () => T): T => {
    tell('b');
    const done = write();
    tell('e');
    return done;
  };
  const { journal } = sink;
  return {
    get size() {
      return sink.size;
    },
    name: sink.name,
    path: sink.path,
    ...(journal === undefined
      ? {}
      : {
          journal: {
            identity: () => journal.identity(),
            load: () => journal.load(),
            append: (bytes: Uint8Array) => told(() => journal.append(bytes)),
            flush: () => journal.flush(),
            remove: () => told(() => journal.remove()),
          },
        }),
    read: (ranges, signal) => sink.read(ranges, signal),
    readSync: (ranges) => sink.readSync!(ranges),
    readInto: (at, target) => sink.readInto!(at, target),
    write: async (at, bytes) => told(() => sink.writeSync!(at, bytes)),
    writeSync: (at, bytes) => told(() => sink.writeSync!(at, bytes)),
    truncate: async (size) => told(() => sink.truncateSync!(size)),
    truncateSync: (size) => told(() => sink.truncateSync!(size)),
    flush: () => sink.flush(),
    lock: () => sink.lock(),
    unlock: () => sink.unlock?.(),
    lendLock: () => sink.lendLock?.(),
    async replace(bytes) {
      tell('b');
      await sink.replace(bytes);
      tell('e');
    },
    close: () => sink.close(),
  };
}
