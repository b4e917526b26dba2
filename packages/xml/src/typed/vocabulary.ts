/** On the root of a file that holds values of this project: the version of the mapping. */
export const MARK = 'formatlab';
export const VERSION = '1';

/** Attribute that says of what kind an element's value is; without it, text. */
export const TYPE = 'type';
/** Attribute with a member's name where the element's own name can't be it. */
export const NAME = 'name';
/** Attribute: `name`, `text` or both stand with `\uXXXX` for what XML has no characters for, and `\\`. */
export const ESCAPED = 'escaped';

export const MEMBER = 'entry';
export const ITEM = 'item';
export const ROW = 'row';

/** What {@link TYPE} says. */
export type Kind =
  | 'null'
  | 'bool'
  | 'number'
  | 'integer'
  | 'string'
  | 'date'
  | 'bytes'
  | 'list'
  | 'record'
  | 'array'
  | 'table'
  | 'tagged'
  | 'pairs'
  | 'attributed';
