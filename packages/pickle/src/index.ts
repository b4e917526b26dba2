export { pickle } from './format.js';
export {
  type InspectedGlobal,
  type InspectedOpcode,
  inspectPickle,
  type PickleReport,
} from './inspect.js';
export type { PickleOptions } from './options.js';
export {
  type DecodePickleOptions,
  decodePickle,
  decodePickles,
  type EncodePickleOptions,
  encodePickle,
} from './plain.js';
