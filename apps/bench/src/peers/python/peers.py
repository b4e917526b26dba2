"""Python's own libraries at the jobs of formatlab-bench: one process, told line by line what to do.

Arguments: the peer's class, the folder that describes the data, the kind of data, the operation, the file.
Each line on stdin is a JSON object with `do`; each answer is one JSON line. Times exclude the start of the process.
"""

import gc
import json
import os
import sys
import time


class Peer:
    """What a library does with one kind of data. `read` gives arrays, columns or the library's own table."""

    def __init__(self, kind, meta):
        self.kind, self.meta = kind, meta
        self.load()

    def load(self):
        """Imports what it works with: part of the first call."""

    def given(self, data):
        """The form that the library takes, made before any timing."""
        return data


class NumpyNpy(Peer):
    def load(self):
        import numpy
        self.numpy = numpy

    def write(self, path, data):
        with open(path, 'wb') as file:
            self.numpy.save(file, data)

    def read(self, path):
        return self.numpy.load(path)


class NumpyNpz(NumpyNpy):
    def load(self):
        super().load()
        import zipfile
        self.zipfile = zipfile

    def given(self, data):
        return {'data': data} if self.kind == 'array' else data

    def write(self, path, data):
        with open(path, 'wb') as file:
            self.numpy.savez(file, **data)

    def read(self, path):
        with self.numpy.load(path) as file:
            return only({name: file[name] for name in file.files}, self.kind)

    def read_one(self, path, name):
        with self.numpy.load(path) as file:
            return file[name]

    def append(self, path, name, array):
        with self.zipfile.ZipFile(path, 'a', self.zipfile.ZIP_STORED, allowZip64=True) as archive:
            with archive.open(name + '.npy', 'w', force_zip64=True) as member:
                self.numpy.lib.format.write_array(member, array)


class NumpyText(NumpyNpy):
    """The shortest digits, on one core."""

    def write(self, path, data):
        self.numpy.savetxt(path, data, fmt='%s')

    def read(self, path):
        return self.numpy.loadtxt(path)


class H5py(Peer):
    def load(self):
        import h5py
        self.h5py = h5py

    def given(self, data):
        return {'data': data} if self.kind == 'array' else data

    def write(self, path, data):
        with self.h5py.File(path, 'w') as file:
            for name, array in data.items():
                file[name] = array

    def read(self, path):
        with self.h5py.File(path, 'r') as file:
            return only({name: file[name][...] for name in file}, self.kind)

    def read_one(self, path, name):
        with self.h5py.File(path, 'r') as file:
            return file[name][...]

    def append(self, path, name, array):
        with self.h5py.File(path, 'r+') as file:
            file[name] = array


class ScipyMat(Peer):
    """Uncompressed, as they are by default."""

    def load(self):
        import scipy.io
        self.io = scipy.io

    def given(self, data):
        return {'data': data} if self.kind == 'array' else data

    def write(self, path, data):
        self.io.savemat(path, data, appendmat=False)

    def read(self, path):
        found = self.io.loadmat(path, appendmat=False)
        return only({name: item for name, item in found.items() if not name.startswith('__')}, self.kind)

    def read_one(self, path, name):
        return self.io.loadmat(path, appendmat=False, variable_names=[name])[name]


class Pickle(Peer):
    """The newest protocol."""

    def load(self):
        import pickle
        self.pickle = pickle

    def write(self, path, data):
        with open(path, 'wb') as file:
            self.pickle.dump(data, file, protocol=5)

    def read(self, path):
        with open(path, 'rb') as file:
            return self.pickle.load(file)

    def read_one(self, path, name):
        return self.read(path)[name]


class Json(Peer):
    """Nested lists and rows, back into NumPy's arrays."""

    def load(self):
        if self.kind != 'tree':
            import numpy
            self.numpy = numpy

    def given(self, data):
        if self.kind == 'table':
            names = list(data)
            return [dict(zip(names, row)) for row in zip(*(plain_list(column) for column in data.values()))]
        if self.kind == 'arrays':
            return {name: array.tolist() for name, array in data.items()}
        return data.tolist() if self.kind == 'array' else data

    def write(self, path, data):
        with open(path, 'w') as file:
            json.dump(data, file)

    def read(self, path):
        with open(path) as file:
            found = json.load(file)
        if self.kind == 'array':
            return self.numpy.array(found)
        if self.kind == 'arrays':
            return {name: self.numpy.array(rows) for name, rows in found.items()}
        return found


class Sqlite(Peer):
    """Arrays as blobs, a table as a table."""

    def load(self):
        import sqlite3
        self.sqlite3 = sqlite3
        if self.kind != 'table':
            import numpy
            self.numpy = numpy
            arrays = self.meta['arrays']
            self.shapes = {array['name']: array['shape'] for array in arrays}
            self.shape = arrays[0]['shape']

    def given(self, data):
        if self.kind == 'table':
            return list(zip(*(plain_list(column, ticks=True) for column in data.values())))
        named = {'data': data} if self.kind == 'array' else data
        return [(name, array.tobytes()) for name, array in named.items()]

    def write(self, path, data):
        connection = self.sqlite3.connect(path)
        if self.kind == 'table':
            names = [column['name'] for column in self.meta['columns']]
            connection.execute('CREATE TABLE data (%s)' % ', '.join('"%s"' % name for name in names))
            connection.executemany('INSERT INTO data VALUES (%s)' % ', '.join('?' for _ in names), data)
        else:
            connection.execute('CREATE TABLE arrays (name TEXT PRIMARY KEY, data BLOB)')
            connection.executemany('INSERT INTO arrays VALUES (?, ?)', data)
        connection.commit()
        connection.close()

    def read(self, path):
        connection = self.sqlite3.connect(path)
        if self.kind == 'table':
            rows = connection.execute('SELECT * FROM data').fetchall()
            names = [column['name'] for column in self.meta['columns']]
            found = dict(zip(names, zip(*rows)))
        else:
            blobs = connection.execute('SELECT name, data FROM arrays').fetchall()
            found = only({name: self.array(name, blob) for name, blob in blobs}, self.kind)
        connection.close()
        return found

    def read_one(self, path, name):
        connection = self.sqlite3.connect(path)
        blob, = connection.execute('SELECT data FROM arrays WHERE name = ?', (name,)).fetchone()
        connection.close()
        return self.array(name, blob)

    def append(self, path, name, array):
        connection = self.sqlite3.connect(path)
        connection.execute('INSERT INTO arrays VALUES (?, ?)', (name, array.tobytes()))
        connection.commit()
        connection.close()

    def array(self, name, blob):
        return self.numpy.frombuffer(blob).reshape(self.shapes.get(name, self.shape))


class PandasCsv(Peer):
    """`to_csv`, and `read_csv` by its C parser with the fast conversion that is its default."""

    def load(self):
        import pandas
        self.pandas = pandas

    def given(self, data):
        return data_frame(self.pandas, data, self.meta)

    def write(self, path, frame):
        frame.to_csv(path, header=self.kind == 'table', index=False)

    def read(self, path):
        if self.kind == 'table':
            times = [column['name'] for column in self.meta['columns'] if column['dtype'] == 'datetime64']
            return self.pandas.read_csv(path, engine='c', parse_dates=times)
        return self.pandas.read_csv(path, header=None, engine='c').to_numpy()


class PyarrowParquet(Peer):
    def load(self):
        import pyarrow
        import pyarrow.parquet
        self.pyarrow, self.parquet = pyarrow, pyarrow.parquet

    def given(self, data):
        columns = {}
        for column in self.meta['columns']:
            values = data[column['name']]
            array = self.pyarrow.array(values)
            if column['dtype'] == 'datetime64':
                array = array.cast(self.pyarrow.timestamp(column['unit'], tz='UTC'))
            columns[column['name']] = array
        return self.pyarrow.table(columns)

    def write(self, path, table):
        self.parquet.write_table(table, path)

    def read(self, path):
        with open(path, 'rb') as file:
            return self.parquet.read_table(file)


def only(arrays, kind):
    return arrays['data'] if kind == 'array' else arrays


def plain_list(column, ticks=False):
    """A column as Python's own objects; times as ISO 8601 text, or as ticks."""
    if isinstance(column, list):
        return column
    if column.dtype.kind == 'M':
        return column.view('int64').tolist() if ticks else [text + 'Z' for text in column.astype(str).tolist()]
    return column.tolist()


def data_frame(pandas, data, meta):
    if not isinstance(data, dict):
        return pandas.DataFrame(data)
    frame = pandas.DataFrame(data)
    for column in meta['columns']:
        if column['dtype'] == 'datetime64':
            frame[column['name']] = frame[column['name']].dt.tz_localize('UTC')
    return frame


def load_data(folder, meta):
    """The data that Node.js put into a folder: raw numbers, lists as JSON."""
    if meta['kind'] == 'tree':
        with open(os.path.join(folder, 'tree.json')) as file:
            return json.load(file)
    import numpy

    def raw(entry):
        return numpy.fromfile(os.path.join(folder, entry['file']), dtype=entry['numpy'])

    if meta['kind'] == 'table':
        columns = {}
        for column in meta['columns']:
            if column['dtype'] == 'string':
                with open(os.path.join(folder, column['file'])) as file:
                    columns[column['name']] = json.load(file)
            else:
                columns[column['name']] = raw(column)
        return columns
    arrays = {array['name']: raw(array).reshape(array['shape']) for array in meta['arrays']}
    return only(arrays, meta['kind'])


def keep(found, folder):
    """Puts what was read into a folder, for Node.js to compare."""
    meta = {'kind': 'tree'}
    if hasattr(found, 'to_pydict'):
        found = {name: arrow_column(found.column(name)) for name in found.column_names}
    elif hasattr(found, 'columns'):
        found = {name: pandas_column(found[name]) for name in found.columns}
    if hasattr(found, 'dtype'):
        meta = {'kind': 'array', 'arrays': [keep_array('data', found, folder, 0)]}
    elif isinstance(found, dict) and found and all(hasattr(item, 'dtype') and item.ndim > 1 for item in found.values()):
        arrays = [keep_array(name, item, folder, i) for i, (name, item) in enumerate(found.items())]
        meta = {'kind': 'arrays', 'arrays': arrays}
    elif TABLE:
        if isinstance(found, list):
            names = list(found[0]) if found else []
            found = {name: [row[name] for row in found] for name in names}
        columns = [keep_column(name, item, folder, i) for i, (name, item) in enumerate(found.items())]
        meta = {'kind': 'table', 'columns': columns}
    else:
        with open(os.path.join(folder, 'tree.json'), 'w') as file:
            json.dump(found, file)
    with open(os.path.join(folder, 'meta.json'), 'w') as file:
        json.dump(meta, file)


def keep_array(name, array, folder, index):
    import numpy
    file = '%d.raw' % index
    numpy.ascontiguousarray(array).tofile(os.path.join(folder, file))
    return {'name': name, 'dtype': array.dtype.name, 'shape': list(array.shape), 'file': file}


def keep_column(name, column, folder, index):
    import numpy
    array = column if hasattr(column, 'dtype') else numpy.array(column)
    if array.dtype.kind in 'OUT':
        file = '%d.json' % index
        with open(os.path.join(folder, file), 'w') as target:
            json.dump([None if item is None else str(item) for item in array.tolist()], target)
        return {'name': name, 'dtype': 'string', 'file': file}
    entry = keep_array(name, array, folder, index)
    if array.dtype.kind == 'M':
        return {**entry, 'dtype': 'datetime64', 'unit': numpy.datetime_data(array.dtype)[0]}
    return entry


def pandas_column(series):
    if getattr(series.dtype, 'tz', None) is not None:
        return series.dt.tz_localize(None).to_numpy()
    return series.to_numpy()


def arrow_column(column):
    return column.to_numpy(zero_copy_only=False) if hasattr(column, 'to_numpy') else column.to_pylist()


class Memory:
    """Most memory resident during a call, where the kernel tells (Linux: VmHWM, reset before)."""

    def __init__(self):
        gc.collect()
        self.baseline = self.status('VmRSS')
        try:
            with open('/proc/self/clear_refs', 'w') as file:
                file.write('5')
            self.known = self.baseline is not None
        except OSError:
            self.known = False

    def told(self):
        return {'peakBytes': self.status('VmHWM'), 'baselineBytes': self.baseline} if self.known else None

    @staticmethod
    def status(field):
        try:
            with open('/proc/self/status') as file:
                for line in file:
                    if line.startswith(field + ':'):
                        return int(line.split()[1]) * 1024
        except OSError:
            pass
        return None


def traffic():
    """Bytes that this process has read and written, and with how many calls."""
    try:
        with open('/proc/self/io') as file:
            text = file.read()
    except OSError:
        return None
    told = {key: int(value) for key, value in (line.split(': ') for line in text.splitlines())}
    told['own'] = len(text)
    return told


def traffic_between(before, after):
    if before is None or after is None:
        return None
    return {
        'bytesRead': max(0, after['rchar'] - before['rchar'] - before['own']),
        'reads': max(0, after['syscr'] - before['syscr'] - 2),
        'bytesWritten': after['wchar'] - before['wchar'],
        'writes': after['syscw'] - before['syscw'],
    }


def main():
    global TABLE
    peer_class, folder, kind, operation, path = sys.argv[1:6]
    TABLE = kind == 'table'
    with open(os.path.join(folder, 'meta.json')) as file:
        meta = json.load(file)
    start = time.perf_counter()
    peer = globals()[peer_class](kind, meta)
    import_ms = (time.perf_counter() - start) * 1000
    data = name = None
    if operation == 'write':
        data = peer.given(load_data(folder, meta))
    elif operation == 'append':
        name, data = meta['append']['name'], load_data(os.path.join(folder, 'append'), meta['append']['data'])
    elif operation == 'read-one':
        name = meta['one']

    def call():
        if operation == 'write':
            return peer.write(path, data)
        if operation == 'read':
            return peer.read(path)
        if operation == 'read-one':
            return peer.read_one(path, name)
        return peer.append(path, name, data)

    def answer(told):
        print(json.dumps(told), flush=True)

    answer({'importMs': import_ms})
    for line in sys.stdin:
        told = json.loads(line)
        if told['do'] == 'run':
            start = time.perf_counter()
            found = call()
            answer({'ms': (time.perf_counter() - start) * 1000})
            del found
        elif told['do'] == 'collect':
            gc.collect()
            answer({})
        elif told['do'] == 'memory':
            memory = Memory()
            call()
            answer({'memory': memory.told()})
        elif told['do'] == 'traffic':
            before = traffic()
            call()
            answer({'traffic': traffic_between(before, traffic())})
        elif told['do'] == 'keep':
            given_path, name = told['path'], told.get('name')
            keep(peer.read(given_path) if name is None else peer.read_one(given_path, name), told['folder'])
            answer({})


if __name__ == '__main__':
    main()
