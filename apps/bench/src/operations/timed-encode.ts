import { createLab, type Engine, type Format, type Implementation, type Lab } from '@formatlab/core';

export interface TimedLab {
  readonly lab: Lab;
  /** When the format was last given a value to encode, by `performance.now()`. */
  encodeBegan(): number;
}

/** The same formats, which tell when core has made of the value what they hold, and encoding begins. */
export function timedLab(formats: readonly Format[]): TimedLab {
  let began = 0;
  // Made from the original, so that one that is an instance of a class keeps its methods.
  const timed = <T extends Implementation<object>>(implementation: T, more: Partial<T> = {}): T =>
    Object.assign(Object.create(implementation) as T, more, {
      encode: ((value, context) => {
        began = performance.now();
        return implementation.encode(value, context);
      }) satisfies T['encode'],
    });
  const timedEngine = (engine: Engine<object>): Engine<object> => ({
    ...engine,
    load: async () => timed(await engine.load()),
  });
  const lab = createLab(
    formats.map((format): Format => {
      if (format.engines === undefined) return timed(format);
      const engines = Object.entries(format.engines).map(([id, engine]) => [id, timedEngine(engine)]);
      return timed(format, { engines: Object.fromEntries(engines) });
    }),
  );
  return { lab, encodeBegan: () => began };
}
