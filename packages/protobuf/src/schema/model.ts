import { FormatError } from '@formatlab/core';

export type ScalarName =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

export type FieldKind = ScalarName | 'enum' | 'message';

/** A field with all names resolved and all features decided. */
export interface Field {
  readonly name: string;
  readonly jsonName: string;
  /** The member of a record that holds it: the name, or `[full.name]` of an extension. */
  readonly key: string;
  readonly number: number;
  readonly kind: FieldKind;
  readonly message: MessageType | undefined;
  readonly enumeration: EnumType | undefined;
  readonly repeated: boolean;
  readonly packed: boolean;
  /** Message with start and end tags instead of a length. */
  readonly delimited: boolean;
  /** `implicit`: a default value is the same as none. */
  readonly presence: 'implicit' | 'explicit' | 'required';
  readonly validateUtf8: boolean;
  readonly oneof: string | undefined;
  /** Other fields of its oneof. */
  others: readonly Field[];
  readonly map: { readonly key: Field; readonly value: Field } | undefined;
  readonly default: string | undefined;
  readonly extension: boolean;
}

export interface EnumType {
  readonly fullName: string;
  readonly values: readonly (readonly [string, number])[];
  readonly numbers: ReadonlyMap<string, number>;
  /** The first name of each number. */
  readonly names: ReadonlyMap<number, string>;
  readonly closed: boolean;
}

export interface MessageType {
  readonly fullName: string;
  /** By number, ascending; extensions included. */
  readonly fields: Field[];
  readonly byNumber: Map<number, Field>;
  /** By name, JSON name and `[extension]`. */
  readonly byName: Map<string, Field>;
  required: readonly Field[];
  readonly messageSet: boolean;
  readonly mapEntry: boolean;
}

/** Types by full name: what messages are read and written by. */
export class Schema {
  readonly messages: ReadonlyMap<string, MessageType>;
  readonly enums: ReadonlyMap<string, EnumType>;
  /** Messages of the files given, in their order, without those of imports that every schema has. */
  readonly own: readonly MessageType[];

  constructor(
    messages: ReadonlyMap<string, MessageType>,
    enums: ReadonlyMap<string, EnumType>,
    own: readonly MessageType[],
  ) {
    this.messages = messages;
    this.enums = enums;
    this.own = own;
  }

  /** @throws FormatError `options` for a name that is not in the schema, or none where there are several messages */
  message(name?: string): MessageType {
    if (name === undefined) {
      if (this.own.length === 1) return this.own[0]!;
      throw new FormatError(
        'options',
        `choose a message: the schema has ${this.own.length}; set the option 'type'`,
        {
          format: 'protobuf',
          supported: this.own.slice(0, 20).map((type) => type.fullName),
        },
      );
    }
    const found = this.messages.get(name.replace(/^\./, '')) ?? this.#byShortName(name);
    if (found === undefined) {
      throw new FormatError('options', `find message '${name}': the schema has no such message`, {
        format: 'protobuf',
        supported: this.own.slice(0, 20).map((type) => type.fullName),
      });
    }
    return found;
  }

  #byShortName(name: string): MessageType | undefined {
    const found = this.own.filter((type) => type.fullName.endsWith(`.${name}`));
    return found.length === 1 ? found[0] : undefined;
  }
}
