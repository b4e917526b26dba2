import { createLab, type Format } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { json } from '@formatlab/json';
import { matlab } from '@formatlab/matlab';
import { msgpack } from '@formatlab/msgpack';
import { numpy } from '@formatlab/numpy';
import { parquet } from '@formatlab/parquet';
import { pickle } from '@formatlab/pickle';
import { protobuf } from '@formatlab/protobuf';
import { sqlite } from '@formatlab/sqlite';
import { counted, measureHttp } from './measure-http.js';

// Runs in a browser: the same reads as in Node.js, by the same code.
const FORMATS: readonly Format[] = [
  csv,
  hdf5,
  json,
  matlab,
  msgpack,
  numpy,
  parquet,
  pickle,
  protobuf,
  sqlite,
];
const lab = createLab(FORMATS);

Object.assign(globalThis, {
  formatlabFormats: () => FORMATS.map(({ id }) => id),
  formatlabHttp: (
    container: Parameters<typeof measureHttp>[0],
    url: string,
    arrays: Parameters<typeof measureHttp>[2],
  ) => measureHttp(container, url, arrays, FORMATS),
  formatlabSlice: (url: string, path: string, slice: string) =>
    counted(url, async (call) => {
      const file = await lab.open(url, { format: 'hdf5', ...call });
      await file.read(path, { slice });
      await file.close();
    }),
});
