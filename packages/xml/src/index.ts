export { decodeXml } from './decode.js';
export { encodeXml } from './encode.js';
export { xml } from './format.js';
export type { XmlOptions } from './options.js';
