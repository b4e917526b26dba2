"""One array as JSON, pickle, MATLAB and HDF5, plain and under gzip. Arguments: folder, repeats, rows, columns."""

import gzip
import io
import json
import os
import pickle
import sys

from measure import digest, run, row, timed

folder, repeats, rows, columns = sys.argv[1], *map(int, sys.argv[2:5])
layers = {'': open, '.gz': gzip.open}


def data():
    import numpy
    return numpy.fromfile(os.path.join(folder, 'one.raw')).reshape(rows, columns)


def measured(job, write, read):
    found = []
    for suffix, opened in layers.items():
        path = os.path.join(folder, 'one.' + job + suffix)

        def save():
            with opened(path, 'wb') as file:
                write(file)

        def load():
            with opened(path, 'rb') as file:
                return read(file)

        write_ms, _ = timed(save, repeats)
        read_ms, array = timed(load, repeats)
        found.append(row(job + suffix, digest([array]), path, write_ms, read_ms))
    return found


def as_json():
    import numpy
    array = data()
    return measured(
        'json',
        lambda file: file.write(json.dumps(array.tolist()).encode()),
        lambda file: numpy.array(json.loads(file.read())),
    )


def as_pickle():
    array = data()
    return measured('pickle', lambda file: pickle.dump(array, file, pickle.HIGHEST_PROTOCOL), pickle.load)


def as_matlab():
    import scipy.io
    array = data()

    def write(file):
        # SciPy goes back in its file, which gzip does not let it do.
        target = io.BytesIO() if isinstance(file, gzip.GzipFile) else file
        scipy.io.savemat(target, {'data': array})
        if target is not file:
            file.write(target.getvalue())

    return measured('matlab', write, lambda file: scipy.io.loadmat(file)['data'])


def as_hdf5():
    import h5py
    array = data()

    def write(file):
        with h5py.File(file, 'w') as h5:
            h5['data'] = array

    def read(file):
        with h5py.File(file, 'r') as h5:
            return h5['data'][...]

    layers.pop('.gz')  # a file of random access is not written through gzip
    return measured('hdf5', write, read)


run([as_json, as_pickle, as_matlab, as_hdf5])
