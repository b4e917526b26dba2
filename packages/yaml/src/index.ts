export { decodeYaml } from './decode.js';
