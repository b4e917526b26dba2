const PACKAGE = 'google.protobuf.';

/** The one field of each wrapper is `value`. */
const WRAPPERS: ReadonlySet<string> = new Set(
  ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name) => `${PACKAGE}${name}Value`,
  ),
);

export type WellKnown =
  | 'Any'
  | 'Timestamp'
  | 'Duration'
  | 'FieldMask'
  | 'Struct'
  | 'Value'
  | 'ListValue'
  | 'wrapper';

const SPECIAL: ReadonlyMap<string, WellKnown> = new Map(
  (['Any', 'Timestamp', 'Duration', 'FieldMask', 'Struct', 'Value', 'ListValue'] as const).map(
    (name) => [`${PACKAGE}${name}`, name] as const,
  ),
);

/** Which mapping of its own a message has in ProtoJSON ("Any", "Timestamp", … in the ProtoJSON guide). */
export function wellKnownOf(fullName: string): WellKnown | undefined {
  return WRAPPERS.has(fullName) ? 'wrapper' : SPECIAL.get(fullName);
}

export const NULL_VALUE = `${PACKAGE}NullValue`;
/** In an Any these are under `value`, as is Empty. */
export const EMPTY = `${PACKAGE}Empty`;
