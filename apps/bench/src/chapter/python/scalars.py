"""Two scalars in one HDF5 file: written, listed, read. Arguments: folder, repeats."""

import os
import sys

from measure import run, row, timed

folder, repeats = sys.argv[1], int(sys.argv[2])
path = os.path.join(folder, 'scalars.h5')


def hdf5():
    import h5py

    def write():
        with h5py.File(path, 'w') as file:
            file['a'] = 23
            file['b'] = 19

    def read():
        with h5py.File(path, 'r') as file:
            return {name: int(file[name][()]) for name in file}

    write_ms, _ = timed(write, repeats)
    read_ms, values = timed(read, repeats)
    return [row('hdf5', values, path, write_ms, read_ms)]


run([hdf5])
