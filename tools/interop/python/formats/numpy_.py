import numpy as np

import common_samples as common


def versions():
    return {"numpy": np.__version__}


def read(path, expected):
    loaded = np.load(path, allow_pickle=False)
    return {name: loaded[name] for name in loaded.files} if isinstance(loaded, np.lib.npyio.NpzFile) else loaded


def samples():
    """(file name, value, function that writes it)"""
    arrays = common.arrays()
    for name, array in arrays.items():
        yield f"{name}.npy", array, lambda path, array=array: np.save(path, array)
        yield f"{name}-be.npy", array, lambda path, array=array: np.save(path, array.astype(array.dtype.newbyteorder(">")))
        if array.ndim > 1:
            yield f"{name}-f.npy", array, lambda path, array=array: np.save(path, np.asfortranarray(array))
    rows = common.structured()
    yield "structured.npy", rows, lambda path: np.save(path, rows)
    yield "all.npz", arrays, lambda path: np.savez(path, **arrays)
    yield "all-deflated.npz", arrays, lambda path: np.savez_compressed(path, **arrays)
