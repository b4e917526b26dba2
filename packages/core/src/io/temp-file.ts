import type { TempFile } from '../contract/context.js';
import { requireNode } from '../platform/require-node.js';
import { fileSink } from './file-sink.js';

/** A file in the system's temporary folder that `close` removes. */
export async function tempFile(): Promise<TempFile> {
  const { fs, os, path } = requireNode('make a temporary file');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'formatlab-'));
  const sink = fileSink(path.join(folder, 'spool'));
  const close = sink.close.bind(sink);
  return Object.assign(sink, {
    close: () => {
      close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  });
}
