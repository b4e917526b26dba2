export { decodeYaml } from './decode.js';
export { encodeYaml } from './encode.js';
export { yaml } from './format.js';
export type { YamlOptions } from './options.js';
