export { decodeParquet } from './decode.js';
