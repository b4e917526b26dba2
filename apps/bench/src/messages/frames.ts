import type { Duplex, Readable, Writable } from 'node:stream';

/** Both ways between two processes; the two ends of a socket, or of a pair of pipes. */
export interface Channel {
  readonly input: Readable;
  readonly output: Writable;
}

export function channelOf(socket: Duplex): Channel {
  return { input: socket, output: socket };
}

const LENGTH_BYTES = 4;

/** Sends a message with its length before it, as four bytes, little-endian. */
export function sendFrame(output: Writable, message: Uint8Array): void {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + message.byteLength);
  frame.writeUInt32LE(message.byteLength, 0);
  frame.set(message, LENGTH_BYTES);
  output.write(frame);
}

/** Calls `receive` with each whole message that arrives. */
export function receiveFrames(input: Readable, receive: (message: Uint8Array) => void): void {
  let waiting: Buffer = Buffer.alloc(0);
  input.on('data', (chunk: Buffer) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    let at = 0;
    while (waiting.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + waiting.readUInt32LE(at);
      if (end > waiting.length) break;
      receive(waiting.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    waiting = waiting.subarray(at);
  });
}
