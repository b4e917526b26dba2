export { marshal } from './format.js';
export type { MarshalOptions, PythonVersion } from './options.js';
export {
  type DecodeMarshalOptions,
  decodeMarshal,
  type EncodeMarshalOptions,
  encodeMarshal,
} from './plain.js';
