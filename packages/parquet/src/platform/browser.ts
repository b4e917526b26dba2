import type { Platform } from './node.js';

/** A browser has no zlib of Node's. */
export const platform: Platform | undefined = undefined;
