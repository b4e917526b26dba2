/**
 * The first key of every map that stands for a value MessagePack has no type for; the map's other members
 * depend on the kind it names. A record of the user with a member of this name is written as kind `record`.
 */
export const MARK = '__formatlab__';

export type FormKind =
  | 'table'
  | 'tables'
  | 'array'
  | 'tagged'
  | 'pairs'
  | 'record'
  | 'bigint'
  | 'text'
  | 'date';

/** Extension type of arrays under `arrays: 'ext'`, and what its content starts with. */
export const ARRAY_EXTENSION = 78;
export const ARRAY_EXTENSION_MAGIC = Uint8Array.of(0x4e, 0x44, 0x41, 0x01);

/** False where a string holds half of a surrogate pair, which UTF-8 can't. */
export const isWellFormed: (text: string) => boolean =
  // In the language since ES2024: Node 20 has it, the library types of ES2023 do not.
  typeof (String.prototype as { isWellFormed?: unknown }).isWellFormed === 'function'
    ? (text) => (text as unknown as { isWellFormed(): boolean }).isWellFormed()
    : (text) => !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
