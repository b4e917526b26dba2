import { platform } from '#platform';

/** Memory for what is filled at once: where the platform can, it is not zeroed first, and holds anything until then. */
export function allocateBytes(size: number): Uint8Array<ArrayBuffer> {
  return platform === undefined ? new Uint8Array(size) : platform.allocate(size);
}
