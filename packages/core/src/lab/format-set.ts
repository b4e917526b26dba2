import type { FormatSet } from '../contract/context.js';
import type { Format } from '../contract/format.js';
import { FormatError } from '../errors.js';

/** The caller's formats by id. @throws FormatError `options` when two share an id */
export function formatSet(formats: readonly Format[]): FormatSet {
  const byId = new Map<string, Format>();
  for (const format of formats) {
    if (byId.has(format.id))
      throw new FormatError('options', `register format '${format.id}': it stands twice in the list`);
    byId.set(format.id, format);
  }
  return {
    all: formats,
    has: (id) => byId.has(id),
    get(id) {
      const format = byId.get(id);
      if (format === undefined) {
        throw new FormatError(
          'unsupported',
          `use format '${id}': not in the list of formats given; add it from its package, such as '@formatlab/${id}'`,
          {
            feature: `format ${id}`,
            supported: [...byId.keys()],
          },
        );
      }
      return format;
    },
  };
}
