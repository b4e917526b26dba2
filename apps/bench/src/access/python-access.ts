import { spawnSync } from 'node:child_process';
import { pythonOf } from '../peers/python.js';
import type { Arrays } from './containers.js';
import { WARM_UP_MS } from './measure-local.js';

/** Medians in ms of what Python's own libraries need for the same files; an operation that they lack is left out. */
export interface PythonAccess {
  readonly library: string;
  readonly list?: number;
  readonly one?: number;
  readonly rows?: number;
  readonly append?: number;
}

/** How Python opens the file, by container: `one(i)` and so on are defined and then timed. */
const WORK: Readonly<
  Record<string, { readonly needs: string; readonly library: string; readonly code: string }>
> = {
  npz: {
    needs: 'numpy',
    library: 'NumPy, zipfile',
    code: `
import numpy as np, zipfile
def list_(i):
    with np.load(path) as z: return z.files
def one(i):
    with np.load(path) as z: return z[name(i)]
def rows(i):
    with np.load(path) as z: return z[name(i)][10:20]
def append(i):
    with zipfile.ZipFile(path, 'a', zipfile.ZIP_STORED, allowZip64=True) as z:
        with z.open(fresh(i) + '.npy', 'w', force_zip64=True) as member: np.lib.format.write_array(member, new)
`,
  },
  hdf5: { needs: 'numpy, h5py', library: 'h5py', code: '' },
  'hdf5-h5py': { needs: 'numpy, h5py', library: 'h5py', code: '' },
  mat73: { needs: 'numpy, h5py', library: 'h5py', code: '' },
  mat: {
    needs: 'numpy, scipy.io',
    library: 'SciPy',
    code: `
import scipy.io
def list_(i): return scipy.io.whosmat(path)
def one(i): return scipy.io.loadmat(path, variable_names=[name(i)])[name(i)]
def rows(i): return one(i)[10:20]
def append(i):
    # Not 'ab': savemat goes back to write the length of what it added.
    with open(path, 'r+b') as f:
        f.seek(0, 2)
        scipy.io.savemat(f, {'m' + fresh(i): new})
`,
  },
  sqlite: {
    needs: 'numpy, sqlite3',
    library: 'sqlite3',
    code: `
import numpy as np, sqlite3
def query(sql, *given):
    connection = sqlite3.connect(path)
    found = connection.execute(sql, given).fetchall()
    connection.commit()
    connection.close()
    return found
def list_(i): return query('SELECT name, dtype, shape FROM formatlab_arrays')
def one(i): return np.frombuffer(query('SELECT data FROM formatlab_arrays WHERE name = ?', name(i))[0][0]).reshape(shape)
def rows(i): return np.frombuffer(query('SELECT substr(data, ?, ?) FROM formatlab_arrays WHERE name = ?', 10 * shape[1] * 8 + 1, 10 * shape[1] * 8, name(i))[0][0])
def append(i): query('INSERT INTO formatlab_arrays VALUES (?, ?, ?, ?)', fresh(i), '<f8', '[%d,%d]' % shape, new.tobytes())
`,
  },
  parquet: {
    needs: 'pyarrow.parquet',
    library: 'pyarrow',
    code: `
import pyarrow.parquet as pq
def list_(i): return pq.read_schema(path)
`,
  },
  pickle: {
    needs: 'numpy',
    library: 'pickle',
    code: `
import pickle
def one(i):
    with open(path, 'rb') as f: return pickle.load(f)[name(i)]
def list_(i):
    with open(path, 'rb') as f: return list(pickle.load(f))
`,
  },
};

const H5PY = `
import h5py
def list_(i):
    with h5py.File(path, 'r') as f: return [(key, item.dtype, item.shape) for key, item in f.items()]
def one(i):
    with h5py.File(path, 'r') as f: return f[name(i)][...]
def rows(i):
    with h5py.File(path, 'r') as f: return f[name(i)][10:20]
def append(i):
    with h5py.File(path, 'r+') as f: f[fresh(i)] = new
`;

const TIMING = `
import sys, json, time, os, numpy
path, count, shape = sys.argv[1], int(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4]))
warm_up = float(sys.argv[5])
new = numpy.random.rand(*shape)
def name(i): return 'array%05d' % ((i * 733 + count // 2) % count)
def fresh(i): return 'python%d_%d' % (os.getpid(), i)
def timed(work, warm_up, most):
    turn = 0
    def once():
        nonlocal turn
        start = time.perf_counter()
        work(turn)
        turn += 1
        return (time.perf_counter() - start) * 1000
    warm = once()
    while warm < warm_up: warm += once()
    times = []
    while len(times) < most and (len(times) < 3 or sum(times) < 1500): times.append(once())
    times.sort()
    return (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
told = {}
for key, least, most in (('list_', warm_up, 300), ('one', warm_up, 300), ('rows', warm_up, 300), ('append', 0, 20)):
    if key in globals(): told[key.rstrip('_')] = timed(globals()[key], least, most)
print(json.dumps(told))
`;

/** Times Python on the file of a container, in a process of its own whose start is not counted. */
export function measurePython(id: string, path: string, arrays: Arrays): PythonAccess | undefined {
  const work = WORK[id];
  if (work === undefined) return undefined;
  const code = (work.library === 'h5py' ? H5PY : work.code) + TIMING;
  const { count, rows, columns } = arrays;
  const given = [path, count, rows, columns, WARM_UP_MS].map(String);
  const done = spawnSync(pythonOf(), ['-c', code, ...given], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (done.status !== 0) return undefined;
  const told = JSON.parse(done.stdout) as Omit<PythonAccess, 'library'>; // what the script above prints
  return { library: work.library, ...told };
}

/** A file that h5py itself wrote. @returns false where there is no h5py */
export function makeWithH5py(path: string, { count, rows, columns }: Arrays): boolean {
  const code = `
import sys, h5py, numpy
path, count, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
random = numpy.random.default_rng(1)
with h5py.File(path, 'w') as f:
    for i in range(count): f['array%05d' % i] = random.random((rows, columns))
`;
  return runPython(code, path, count, rows, columns);
}

/** One array of 8 bytes × rows × columns in gzip-compressed chunks, as people have it from h5py. */
export function makeLargeWithH5py(path: string, rows: number, columns: number): boolean {
  const code = `
import sys, h5py, numpy
path, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random = numpy.random.default_rng(1)
with h5py.File(path, 'w') as f:
    grid = f.create_dataset('grid', (rows, columns), 'f8', chunks=(256, 512))
    for at in range(0, rows, 256): grid[at:at + 256] = random.random((min(256, rows - at), columns))
`;
  return runPython(code, path, rows, columns);
}

function runPython(code: string, ...given: readonly (string | number)[]): boolean {
  return spawnSync(pythonOf(), ['-c', code, ...given.map(String)], { stdio: 'ignore' }).status === 0;
}
