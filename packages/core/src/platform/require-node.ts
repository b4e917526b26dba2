import { platform } from '#platform';
import { FormatError } from '../errors.js';
import type { Platform } from './node.js';

/** @throws FormatError `unsupported` in a browser */
export function requireNode(action: string): Platform {
  if (platform === undefined) {
    throw new FormatError('unsupported', `${action}: a browser has no file system`, {
      feature: 'local files',
      supported: ['a URL', 'a Blob or File', 'bytes'],
    });
  }
  return platform;
}
