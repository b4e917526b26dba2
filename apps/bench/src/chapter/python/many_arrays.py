"""COUNT arrays in one file: JSON, pickle, MATLAB, HDF5 whole, and one at a time from HDF5 and SQLite.
Arguments: folder, repeats, rows, columns, count."""

import json
import os
import pickle
import sqlite3
import sys

from measure import digest, fresh, run, row, timed

folder, repeats, rows, columns, count = sys.argv[1], *map(int, sys.argv[2:6])
names = ['array%d' % i for i in range(count)]


def data():
    import numpy
    return numpy.fromfile(os.path.join(folder, 'many.raw')).reshape(count, rows, columns)


def measured(job, write, read, read_one=None):
    path = os.path.join(folder, 'many.' + job)
    write_ms, _ = timed(lambda: write(path), repeats)
    read_ms, arrays = timed(lambda: read(path), repeats)
    facts, one_ms = digest(arrays), None
    if read_one is not None:
        total_ms, singles = timed(lambda: [read_one(path, i) for i in range(count)], 1)
        one_ms = total_ms / count
        facts = [facts, digest(singles)]
    return [row(job, facts, path, write_ms, read_ms, one_ms)]


def as_json():
    import numpy
    arrays = data()

    def write(path):
        with open(path, 'w') as file:
            json.dump({name: array.tolist() for name, array in zip(names, arrays)}, file)

    def read(path):
        with open(path) as file:
            return [numpy.array(lists) for lists in json.load(file).values()]

    return measured('json', write, read)


def as_pickle():
    arrays = dict(zip(names, data()))

    def write(path):
        with open(path, 'wb') as file:
            pickle.dump(arrays, file, pickle.HIGHEST_PROTOCOL)

    def read(path):
        with open(path, 'rb') as file:
            return list(pickle.load(file).values())

    return measured('pickle', write, read)


def as_matlab():
    import scipy.io
    arrays = dict(zip(names, data()))

    def read(path):
        found = scipy.io.loadmat(path, appendmat=False)
        return [found[name] for name in names]

    return measured('matlab', lambda path: scipy.io.savemat(path, arrays, appendmat=False), read)


def as_hdf5():
    import h5py
    arrays = dict(zip(names, data()))

    def write(path):
        with h5py.File(path, 'w') as file:
            for name, array in arrays.items():
                file[name] = array

    def read(path):
        with h5py.File(path, 'r') as file:
            return [file[name][...] for name in names]

    def read_one(path, i):
        with h5py.File(path, 'r') as file:
            return file[names[i]][...]

    return measured('hdf5', write, read, read_one)


def as_sqlite():
    arrays = data()

    def write(path):
        connection = sqlite3.connect(fresh(path))
        connection.execute('CREATE TABLE arrays (id INTEGER PRIMARY KEY, data BLOB)')
        blobs = ((i, pickle.dumps(array, pickle.HIGHEST_PROTOCOL)) for i, array in enumerate(arrays))
        connection.executemany('INSERT INTO arrays VALUES (?, ?)', blobs)
        connection.commit()
        connection.close()

    def read(path):
        connection = sqlite3.connect(path)
        blobs = connection.execute('SELECT data FROM arrays ORDER BY id').fetchall()
        connection.close()
        return [pickle.loads(blob) for blob, in blobs]

    def read_one(path, i):
        connection = sqlite3.connect(path)
        blob, = connection.execute('SELECT data FROM arrays WHERE id = ?', (i,)).fetchone()
        connection.close()
        return pickle.loads(blob)

    return measured('sqlite', write, read, read_one)


run([as_json, as_pickle, as_matlab, as_hdf5, as_sqlite])
