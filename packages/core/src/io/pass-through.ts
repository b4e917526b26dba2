import type { Source } from './source.js';

/**
 * The same source as a plain object, its members bound: what a wrapper spreads and then changes. A source may
 * be an instance of a class, whose members a spread would lose.
 */
export function passThrough(inner: Source): Source {
  return {
    size: inner.size,
    name: inner.name,
    path: inner.path,
    restarts: inner.restarts,
    read: (ranges, signal) => inner.read(ranges, signal),
    readSync: inner.readSync === undefined ? undefined : (ranges) => inner.readSync!(ranges),
    readInto: inner.readInto === undefined ? undefined : (at, target) => inner.readInto!(at, target),
    close: () => inner.close(),
  };
}

/** A source that the caller keeps: closing it does nothing. */
export function borrowed(inner: Source): Source {
  return { ...passThrough(inner), close() {} };
}

/** The same source under another name, for messages. */
export function renamed(inner: Source, name: string): Source {
  return { ...passThrough(inner), name };
}
