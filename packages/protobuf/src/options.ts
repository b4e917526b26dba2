import { FormatError, type OptionSpecs } from '@formatlab/core';
import { loadSchema, type SchemaSource } from './schema/load.js';
import type { MessageType } from './schema/model.js';

export interface ProtobufOptions {
  /**
   * What the message's fields are: the text of a `.proto` file, texts by file name, a FileDescriptorSet, or a JSON
   * descriptor. Without it a file holds any value, as formatlab.proto says.
   */
  readonly schema?: SchemaSource;
  /** Full name of the message. May be absent where the schema has one only. */
  readonly type?: string;
  /** The file is a sequence of messages, each behind its length: rows of a table, or a list. Default false. */
  readonly stream?: boolean;
  /** Whether a stream of flat messages is a table or a list of records. Default `table`. */
  readonly rows?: 'table' | 'list';
  /** Whether fields that the schema lacks are kept, as bytes in the member `#unknown`. Default `keep`. */
  readonly unknown?: 'keep' | 'drop';
  /** Whether absent fields without presence are given their default. Default true. */
  readonly defaults?: boolean;
}

export const options: OptionSpecs<ProtobufOptions> = {
  schema: {
    type: 'value',
    for: 'both',
    doc: 'The text of a .proto file, texts by file name, the bytes of a FileDescriptorSet, or a JSON descriptor. Without it a file holds any value, as formatlab.proto says.',
  },
  type: {
    type: 'string',
    for: 'both',
    doc: 'Full name of the message in the schema; may be absent where the schema has one only.',
  },
  stream: {
    type: 'boolean',
    default: false,
    for: 'both',
    doc: 'The file is a sequence of messages, each behind its length as a varint: the rows of a table, or a list.',
  },
  rows: {
    type: 'enum',
    choices: ['table', 'list'],
    default: 'table',
    for: 'read',
    doc: 'Whether a stream of messages without lists and messages in them is read as a table or as a list of records.',
  },
  unknown: {
    type: 'enum',
    choices: ['keep', 'drop'],
    default: 'keep',
    for: 'read',
    doc: "Whether fields that the schema lacks are kept, as bytes in the member '#unknown', which are written back.",
  },
  defaults: {
    type: 'boolean',
    default: true,
    for: 'read',
    doc: 'Give absent fields without presence their default: 0, empty text, an empty list.',
  },
};

/** The message that the options name; undefined without a schema. @throws FormatError `options` */
export function messageOf(given: ProtobufOptions): MessageType | undefined {
  if (given.schema !== undefined) return loadSchema(given.schema).message(given.type);
  if (given.type === undefined && given.stream !== true) return undefined;
  throw new FormatError(
    'options',
    `set option '${given.type === undefined ? 'stream' : 'type'}': it needs the option 'schema'`,
    {
      format: 'protobuf',
    },
  );
}
