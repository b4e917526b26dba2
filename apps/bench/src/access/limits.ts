import { formatBytes } from '../report/units.js';
import type { Local } from './measure-local.js';
import type { AccessResults, ContainerResult } from './results.js';

/** What was measured against a limit that this project sets itself. */
export interface LimitCheck {
  readonly title: string;
  readonly limit: string;
  /** Undefined: not measured. */
  readonly measured: string | undefined;
  readonly passed: boolean | undefined;
}

/** Beside the size of the entry itself. */
const MOST_BESIDE_ENTRY = 1_000_000;
const MOST_REWRITTEN_SHARE = 0.01;
const READ_ONE = ['npz', 'hdf5', 'sqlite', 'mat73', 'msgpack-indexed'];
const APPEND_ONE = ['npz', 'hdf5', 'mat', 'sqlite', 'parquet'];

/** Every limit, measured or not. */
export function limitChecks({ arrays, containers }: AccessResults): LimitCheck[] {
  const entry = arrays.rows * arrays.columns * 8;
  const resultOf = (id: string): ContainerResult | undefined =>
    containers.find(({ container, rounds }) => container.id === id && rounds.length > 0);
  const localOf = (id: string): Local | undefined => resultOf(id)?.rounds.at(0)?.local;
  const titleOf = (id: string): string => resultOf(id)?.container.title ?? id;
  return [
    ...READ_ONE.map((id): LimitCheck => {
      const bytes = localOf(id)?.one.bytes;
      return {
        title: `${titleOf(id)}: bytes read for one entry`,
        limit: `its size and ${formatBytes(MOST_BESIDE_ENTRY)}: ${formatBytes(entry + MOST_BESIDE_ENTRY)}`,
        measured: bytes === undefined ? undefined : formatBytes(bytes),
        passed: bytes === undefined ? undefined : bytes <= entry + MOST_BESIDE_ENTRY,
      };
    }),
    ...APPEND_ONE.map((id): LimitCheck => {
      const append = localOf(id)?.append;
      const share = append === undefined ? undefined : append.rewritten / append.fileBytes;
      return {
        title: `${titleOf(id)}: bytes written over to append one`,
        limit: `${MOST_REWRITTEN_SHARE * 100} % of the file`,
        measured: share === undefined ? undefined : `${(share * 100).toPrecision(2)} %`,
        passed: share === undefined ? undefined : share <= MOST_REWRITTEN_SHARE,
      };
    }),
  ];
}
