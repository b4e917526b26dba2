export { protobuf } from './format.js';
export type { ProtobufOptions } from './options.js';
export {
  type DecodeProtobufOptions,
  type DecodeProtoJsonOptions,
  decodeProtobuf,
  decodeProtoJson,
  type EncodeProtobufOptions,
  encodeProtobuf,
  encodeProtoJson,
  type ProtoJsonOptions,
} from './plain.js';
export { loadSchema, type SchemaSource } from './schema/load.js';
export type { EnumType, Field, FieldKind, MessageType, ScalarName, Schema } from './schema/model.js';
