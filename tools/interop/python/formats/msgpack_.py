import msgpack
import msgpack_numpy
import numpy as np

import common_samples as common


def versions():
    return {"msgpack": ".".join(map(str, msgpack.version)), "msgpack-numpy": msgpack_numpy_version()}


def msgpack_numpy_version():
    from importlib.metadata import version

    return version("msgpack-numpy")


def read(path, expected):
    with open(path, "rb") as file:
        return msgpack.unpackb(file.read(), object_hook=msgpack_numpy.decode, raw=False, strict_map_key=False, timestamp=3)


def samples():
    for name, array in common.arrays().items():
        if array.dtype.kind != "U" and array.shape != ():
            yield f"{name}.msgpack", array, lambda path, array=array: pack(path, array)
    tree = {**common.tree(), "raw": b"\x00\xff", "big": 2**63 + 5, "small": -(2**63)}
    yield "tree.msgpack", tree, lambda path: pack(path, tree)
    named = {"a": np.arange(6.0).reshape(2, 3), "n": np.array([2**62, -1])}
    yield "named.msgpack", named, lambda path: pack(path, named)


def pack(path, value):
    with open(path, "wb") as file:
        file.write(msgpack.packb(value, default=msgpack_numpy.encode, use_bin_type=True))
