"""Named counters in one HDF5 file: made when missing, one added in place. Arguments: folder, repeats."""

import os
import sys

from measure import fresh, run, row, timed

folder, repeats = sys.argv[1], int(sys.argv[2])
path = fresh(os.path.join(folder, 'counter.h5'))


def hdf5():
    import h5py
    import numpy

    def add(*names):
        with h5py.File(path, 'a') as file:
            for name in names:
                if name not in file:
                    file[name] = numpy.zeros(1, dtype='int64')
                file[name][0] += 1

    def values():
        with h5py.File(path, 'r') as file:
            return {name: int(file[name][0]) for name in file}

    add('apples', 'pears')
    one_ms, _ = timed(lambda: add('apples'), repeats)
    read_ms, found = timed(values, repeats)
    return [row('hdf5', found, path, read_ms=read_ms, one_ms=one_ms)]


run([hdf5])
