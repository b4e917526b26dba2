import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isNDArray, type NDArray, toNested, type Value } from '@formatlab/core';
import { arraysOf, bytesOf, type Side, type SideInput, shapeOf } from './side.js';

/** Thrown by a peer that is not installed here. */
export class AbsentPeer extends Error {}

/** The Python to ask: `FORMATLAB_PYTHON`, such as that of a virtual environment, or `python3`. */
const PYTHON = process.env.FORMATLAB_PYTHON ?? 'python3';

/** NumPy's own `save` and `load`. */
export function pythonNumpy(input: SideInput): Side {
  return python(input, 'numpy', NUMPY_WORK);
}

/** NumPy's `savez` and `load` of many arrays, each of them read. */
export function pythonNpz(input: SideInput): Side {
  return python(input, 'numpy', NPZ_WORK);
}

/** The standard library's `pickle` of a NumPy array, in its newest protocol. */
export function pythonPickle(input: SideInput): Side {
  return python(input, 'numpy', PICKLE_WORK);
}

/** The standard library's `json`, nested lists to and from a NumPy array. */
export function pythonJson(input: SideInput): Side {
  writeFileSync(join(input.folder, 'in.json'), JSON.stringify(toNested(input.value as NDArray)));
  return python(input, 'numpy', JSON_WORK);
}

/** The standard library's `sqlite3`, the array as a blob. */
export function pythonSqlite(input: SideInput): Side {
  return python(input, 'numpy, sqlite3', SQLITE_WORK);
}

/** SciPy's `savemat` and `loadmat`, uncompressed as they are by default. */
export function pythonScipyMat(input: SideInput): Side {
  return python(input, 'scipy', SCIPY_MAT_WORK);
}

const SCIPY_MAT_WORK = `
import os, scipy.io
def prepare(): scipy.io.savemat('in.mat', {'data': data})
def write(): scipy.io.savemat('out.mat', {'data': data})
def clean(): os.remove('out.mat')
def read(): return scipy.io.loadmat('in.mat')['data']
`;

const NUMPY_WORK = `
import numpy, os
def prepare(): numpy.save('in.npy', data)
def write(): numpy.save('out.npy', data)
def clean(): os.remove('out.npy')
def read(): return numpy.load('in.npy')
`;

const NPZ_WORK = `
import numpy, os
def prepare(): numpy.savez('in.npz', **data)
def write(): numpy.savez('out.npz', **data)
def clean(): os.remove('out.npz')
def read():
    with numpy.load('in.npz') as file: return {name: file[name] for name in file.files}
`;

const PICKLE_WORK = `
import pickle, os
def save(path):
    with open(path, 'wb') as f: pickle.dump(data, f, protocol=5)
def prepare(): save('in.pkl')
def write(): save('out.pkl')
def clean(): os.remove('out.pkl')
def read():
    with open('in.pkl', 'rb') as f: return pickle.load(f)
`;

const JSON_WORK = `
import json, numpy, os
def prepare(): pass
def write():
    with open('out.json', 'w') as f: json.dump(data.tolist(), f)
def clean(): os.remove('out.json')
def read():
    with open('in.json') as f: return numpy.array(json.load(f))
`;

const SQLITE_WORK = `
import numpy, os, sqlite3
def save(path):
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE arrays (name TEXT PRIMARY KEY, data BLOB)')
    connection.execute('INSERT INTO arrays VALUES (?, ?)', ('data', data.tobytes()))
    connection.commit()
    connection.close()
def prepare(): save('in.sqlite')
def write(): save('out.sqlite')
def clean(): os.remove('out.sqlite')
def read():
    connection = sqlite3.connect('in.sqlite')
    blob, = connection.execute('SELECT data FROM arrays WHERE name = ?', ('data',)).fetchone()
    connection.close()
    return numpy.frombuffer(blob).reshape(data.shape)
`;

/** Does the work once for each line it reads, and answers with the time in ms. */
const LOOP = `
import sys, time
prepare()
for line in sys.stdin:
    start = time.perf_counter()
    write() if line.strip() == 'write' else read()
    print((time.perf_counter() - start) * 1000, flush=True)
    if line.strip() == 'write': clean()
`;

export function python(input: SideInput, needs: string, work: string): Side {
  if (spawnSync(PYTHON, ['-c', `import ${needs}`], { stdio: 'ignore' }).status !== 0) {
    throw new AbsentPeer(`'${PYTHON}' with ${needs} is not here`);
  }
  writeFileSync(join(input.folder, 'in.raw'), bytesOf(input.value));
  const load = `import numpy\ndata = numpy.fromfile('in.raw')\ndata = ${shapedData(input.value)}\n`;
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(PYTHON, ['-c', load + work + LOOP], {
    cwd: input.folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    timesItself: true,
    async run() {
      child.stdin.write(`${input.operation}\n`);
      const { value: line, done } = await lines.next();
      if (done === true) throw new Error('the Python process ended early');
      return Number(line);
    },
    close: () => child.kill(),
  };
}

/** Python that makes of the numbers in `data` the array, or the arrays by name. */
function shapedData(value: Value): string {
  if (isNDArray(value)) return `data.reshape(${shapeOf(value).join(',')})`;
  let at = 0;
  const entries = Object.entries(arraysOf(value)).map(([name, { shape, data }]) => {
    const from = at;
    at += data.length;
    return `${JSON.stringify(name)}: data[${from}:${at}].reshape(${shape.join(',')})`;
  });
  return `{${entries.join(', ')}}`;
}
