export { msgpack } from './format.js';
export type { MsgpackOptions } from './options.js';
export {
  type DecodeMsgpackOptions,
  decodeMsgpack,
  type EncodeMsgpackOptions,
  encodeMsgpack,
} from './plain.js';
