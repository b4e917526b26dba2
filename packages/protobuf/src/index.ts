export { loadSchema } from './schema/load.js';
