import type { Loss } from '@formatlab/core';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LATIN1 = new TextDecoder('latin1');
/** Below this a loop is quicker than the decoder. */
const SHORT = 24;

/** Text of a string's bytes. What is not UTF-8 is read as Latin-1, with a reported loss. */
export function decodeText(bytes: Uint8Array, path: string, loss: (loss: Loss) => void): string {
  if (bytes.byteLength <= SHORT) {
    let text = '';
    for (let i = 0; i < bytes.byteLength; i++) {
      const byte = bytes[i]!;
      if (byte > 0x7f) return decodeOther(bytes, path, loss);
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decodeOther(bytes, path, loss);
}

function decodeOther(bytes: Uint8Array, path: string, loss: (loss: Loss) => void): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    loss({ path, kind: 'type', from: 'text that is not UTF-8', to: 'text read as Latin-1' });
    return LATIN1.decode(bytes);
  }
}
