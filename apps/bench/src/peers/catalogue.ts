import type { Peer, PeerOperation } from './peer.js';

const WHOLE: readonly PeerOperation[] = ['write', 'read'];
const READ: readonly PeerOperation[] = ['read'];
const SINGLE: readonly PeerOperation[] = ['write', 'read', 'read-one', 'append'];

const DOCUMENTS = { array: WHOLE, arrays: WHOLE, table: WHOLE, tree: WHOLE } as const;

/** Every peer: in JavaScript as npm has it, in Python as far as it is there. */
export const PEERS: readonly Peer[] = [
  {
    id: 'raw-fs',
    format: 'raw',
    does: { ...DOCUMENTS, arrays: SINGLE },
    load: async () => (await import('./node/raw-fs.js')).rawFs,
  },
  {
    id: 'papaparse',
    format: 'csv',
    does: { array: WHOLE, table: WHOLE },
    packages: ['papaparse'],
    load: async () => (await import('./node/csv.js')).papaparse(),
  },
  {
    id: 'udsv',
    format: 'csv',
    does: { table: READ },
    packages: ['udsv'],
    load: async () => (await import('./node/csv.js')).udsv(),
  },
  {
    id: 'json-parse',
    format: 'json',
    does: DOCUMENTS,
    load: async () => (await import('./node/documents.js')).jsonParse(),
  },
  {
    id: 'js-yaml',
    format: 'yaml',
    does: DOCUMENTS,
    packages: ['js-yaml'],
    load: async () => (await import('./node/documents.js')).jsYaml(),
  },
  {
    id: 'fast-xml-parser',
    format: 'xml',
    does: { table: WHOLE },
    packages: ['fast-xml-parser'],
    load: async () => (await import('./node/fast-xml-parser.js')).fastXmlParser(),
  },
  {
    id: 'msgpackr',
    format: 'msgpack',
    does: DOCUMENTS,
    packages: ['msgpackr'],
    load: async () => (await import('./node/documents.js')).msgpackr(),
  },
  {
    id: 'protobufjs',
    format: 'protobuf',
    does: { array: WHOLE, table: WHOLE },
    packages: ['protobufjs'],
    load: async () => (await import('./node/protobufjs.js')).protobufjs(),
  },
  {
    id: 'h5wasm',
    format: 'hdf5',
    does: { array: WHOLE, arrays: SINGLE },
    packages: ['h5wasm'],
    load: async () => (await import('./node/h5wasm.js')).h5wasm(),
  },
  {
    id: 'hyparquet',
    format: 'parquet',
    does: { table: WHOLE },
    packages: ['hyparquet', 'hyparquet-writer'],
    load: async () => (await import('./node/parquet.js')).hyparquet(),
  },
  {
    id: 'parquetjs-lite',
    format: 'parquet',
    does: { table: WHOLE },
    packages: ['parquetjs-lite'],
    load: async () => (await import('./node/parquetjs-lite.js')).parquetjsLite(),
  },
  {
    id: 'fflate',
    format: 'numpy',
    does: { array: WHOLE, arrays: WHOLE },
    packages: ['fflate'],
    load: async () => (await import('./node/fflate-npz.js')).fflateNpz(),
  },
  {
    id: 'node-sqlite3-wasm',
    format: 'sqlite',
    does: { array: WHOLE, arrays: SINGLE, table: WHOLE },
    packages: ['node-sqlite3-wasm'],
    load: async () => (await import('./node/sqlite.js')).sqliteWasm(),
  },
  {
    id: 'pickleparser',
    format: 'pickle',
    does: { tree: READ },
    packages: ['pickleparser'],
    load: async () => (await import('./node/pickleparser.js')).pickleParser(),
  },
  { id: 'python-numpy', format: 'numpy', does: { array: WHOLE }, modules: ['numpy'] },
  { id: 'python-npz', format: 'numpy', does: { arrays: SINGLE }, modules: ['numpy'] },
  { id: 'python-text', format: 'text', does: { array: WHOLE }, modules: ['numpy'] },
  { id: 'python-h5py', format: 'hdf5', does: { array: WHOLE, arrays: SINGLE }, modules: ['numpy', 'h5py'] },
  {
    id: 'python-scipy',
    format: 'matlab',
    does: { array: WHOLE, arrays: ['write', 'read', 'read-one'] },
    modules: ['numpy', 'scipy'],
  },
  { id: 'python-pandas', format: 'csv', does: { array: WHOLE, table: WHOLE }, modules: ['numpy', 'pandas'] },
  { id: 'python-pyarrow', format: 'parquet', does: { table: WHOLE }, modules: ['numpy', 'pyarrow'] },
  {
    id: 'python-pickle',
    format: 'pickle',
    does: { array: WHOLE, arrays: ['write', 'read', 'read-one'], table: WHOLE, tree: WHOLE },
    modules: ['numpy'],
  },
  { id: 'python-json', format: 'json', does: DOCUMENTS, modules: ['numpy'] },
  {
    id: 'python-sqlite3',
    format: 'sqlite',
    does: { array: WHOLE, arrays: SINGLE, table: WHOLE },
    modules: ['numpy', 'sqlite3'],
  },
];

/** The class of `python/peers.py` for each peer in Python. */
export const PYTHON_CLASSES: Readonly<Record<string, string>> = {
  'python-numpy': 'NumpyNpy',
  'python-npz': 'NumpyNpz',
  'python-text': 'NumpyText',
  'python-h5py': 'H5py',
  'python-scipy': 'ScipyMat',
  'python-pandas': 'PandasCsv',
  'python-pyarrow': 'PyarrowParquet',
  'python-pickle': 'Pickle',
  'python-json': 'Json',
  'python-sqlite3': 'Sqlite',
};

/** @throws RangeError */
export function peerOf(id: string): Peer {
  const found = PEERS.find((peer) => peer.id === id);
  if (found === undefined) throw new RangeError(`find peer '${id}': there is none of this name`);
  return found;
}
