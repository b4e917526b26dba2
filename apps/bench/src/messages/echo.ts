import { connect } from 'node:net';
import { joinBytes } from '@formatlab/core';
import type { FormatChoice } from '../cells.js';
import { setUp } from '../measure/setup.js';
import { type Channel, channelOf, receiveFrames, sendFrame } from './frames.js';

/** The other process: decodes each message, encodes it again and sends it back, until the input ends. */
export async function echoMessages(job: {
  readonly choice: FormatChoice;
  readonly port: number | undefined;
}): Promise<void> {
  const { lab, call } = await setUp(job.choice);
  const { input, output } = await openChannel(job.port);
  let last = Promise.resolve();
  receiveFrames(input, (message) => {
    // One after the other, so that answers keep the order of the questions.
    last = last.then(async () => {
      const value = await lab.decode(message, call);
      sendFrame(output, joinBytes(await lab.encode(value, call.format, call)));
    });
  });
  await new Promise((resolve) => input.once('close', resolve));
  await last;
}

async function openChannel(port: number | undefined): Promise<Channel> {
  if (port === undefined) return { input: process.stdin, output: process.stdout };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return channelOf(socket);
}
