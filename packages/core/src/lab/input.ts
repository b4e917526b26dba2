import { platform } from '#platform';
import { blobSource } from '../io/blob-source.js';
import { bytesSource } from '../io/bytes-source.js';
import { fileSource } from '../io/file-source.js';
import { httpSource } from '../io/http-source.js';
import type { Source } from '../io/source.js';
import { requireNode } from '../platform/require-node.js';
import { parseSelector, type Selector } from '../selection/selector.js';

/** What can be read: a path or URL (with or without a selector), bytes, a Blob or File, or a source. */
export type Input = string | URL | Uint8Array | Blob | Source;

export interface OpenedInput {
  readonly source: Source;
  /** File name without folders, for detection; absent for bytes without a name. */
  readonly name: string | undefined;
  readonly selector: Selector;
  /** False where the caller brought the source and closes it. */
  readonly owned: boolean;
}

/**
 * Opens the input without reading values.
 *
 * @throws FormatError `not-found`, `io`, `unsupported`
 */
export function openInput(input: Input, signal?: AbortSignal): OpenedInput | Promise<OpenedInput> {
  if (input instanceof Uint8Array) return opened(bytesSource(input), undefined, NO_SELECTOR);
  if (typeof input === 'string' && !isUrl(input)) return openPath(input);
  if (input instanceof URL && input.protocol === 'file:') return openFileUrl(input);
  if (typeof input === 'string' || input instanceof URL) return openUrl(String(input), signal);
  if (isSource(input))
    return { source: input, name: baseName(input.name), selector: NO_SELECTOR, owned: false };
  const name = (input as { name?: string }).name;
  return opened(blobSource(input, name ?? 'blob'), name, NO_SELECTOR);
}

/** The part of a path or URL after the last slash, without the query of a URL. */
export function baseName(path: string): string {
  return (isUrl(path) ? path.replace(/[?#].*$/, '') : path).replace(/^.*[\\/]/, '');
}

export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

const NO_SELECTOR: Selector = { file: '', path: undefined, slice: undefined, columns: undefined };

function openPath(path: string): OpenedInput {
  // A file whose name contains a selector-like part is still that file.
  const whole = platform?.fs.existsSync(path) === true;
  const selector = whole ? { ...NO_SELECTOR, file: path } : parseSelector(path);
  return opened(fileSource(selector.file), baseName(selector.file), selector);
}

function openFileUrl(url: URL): OpenedInput {
  const { fileURLToPath } = requireNode(`open '${url}'`);
  const selector = parseSelector(decodeURIComponent(url.hash));
  const file = fileURLToPath(url);
  return opened(fileSource(file), baseName(file), { ...selector, file });
}

async function openUrl(url: string, signal: AbortSignal | undefined): Promise<OpenedInput> {
  const selector = parseSelector(url);
  return opened(
    await httpSource(selector.file, signal === undefined ? {} : { signal }),
    baseName(selector.file),
    selector,
  );
}

function opened(source: Source, name: string | undefined, selector: Selector): OpenedInput {
  return { source, name, selector, owned: true };
}

function isSource(input: object): input is Source {
  return 'read' in input && 'size' in input && 'close' in input;
}
