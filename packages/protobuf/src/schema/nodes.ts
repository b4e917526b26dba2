/** What a `.proto` file says, before names are resolved. Descriptors of other kinds are turned into it too. */
export interface FileNode {
  readonly name: string;
  package: string;
  /** `proto2`, `proto3` or an edition such as `2023`. */
  edition: string;
  readonly imports: string[];
  readonly features: FeatureNode;
  readonly messages: MessageNode[];
  readonly enums: EnumNode[];
  readonly extensions: FieldNode[];
}

/** Edition features by name: `field_presence` → `IMPLICIT`. */
export type FeatureNode = { [name: string]: string };

export interface MessageNode {
  readonly name: string;
  readonly fields: FieldNode[];
  readonly messages: MessageNode[];
  readonly enums: EnumNode[];
  readonly extensions: FieldNode[];
  readonly features: FeatureNode;
  messageSet: boolean;
  mapEntry: boolean;
}

export interface FieldNode {
  readonly name: string;
  readonly number: number;
  readonly label: 'optional' | 'required' | 'repeated';
  /** A scalar's name, or a reference to a message or enum. */
  readonly type: string;
  readonly group: boolean;
  readonly features: FeatureNode;
  readonly map?: { readonly key: string; readonly value: string; readonly features: FeatureNode };
  /** `optional` was written in proto3. */
  readonly optional: boolean;
  readonly oneof?: string;
  jsonName?: string;
  packed?: boolean;
  /** As written: digits, a name, or text with its escapes done, one character a byte where it is bytes. */
  default?: string;
  readonly extendee?: string;
}

export interface EnumNode {
  readonly name: string;
  readonly values: (readonly [string, number])[];
  readonly features: FeatureNode;
}

export function fileNode(name: string): FileNode {
  return {
    name,
    package: '',
    edition: 'proto2',
    imports: [],
    features: {},
    messages: [],
    enums: [],
    extensions: [],
  };
}

export function messageNode(name: string): MessageNode {
  return {
    name,
    fields: [],
    messages: [],
    enums: [],
    extensions: [],
    features: {},
    messageSet: false,
    mapEntry: false,
  };
}
