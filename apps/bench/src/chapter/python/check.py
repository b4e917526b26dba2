"""Rows, type, size and shape of the dataset `data`, and of its first row. Arguments: folder, repeats, rows, columns."""

import os
import sys

from measure import run, row, timed

folder, repeats, rows, columns = sys.argv[1], *map(int, sys.argv[2:5])
path = os.path.join(folder, 'data.h5')


def hdf5():
    import h5py
    import numpy
    data = numpy.fromfile(os.path.join(folder, 'one.raw')).reshape(rows, columns)
    with h5py.File(path, 'w') as file:
        file['data'] = data

    def told(array):
        return {'rows': len(array), 'type': str(array.dtype), 'size': int(array.size), 'shape': list(array.shape)}

    def look():
        with h5py.File(path, 'r') as file:
            return [told(file['data']), told(file['data'][0])]

    read_ms, found = timed(look, repeats)
    return [row('hdf5', found, path, one_ms=read_ms)]


run([hdf5])
