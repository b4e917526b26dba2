import msgpack
import msgpack_numpy
import numpy as np

import common_samples as common
from values import Table


def versions():
    return {"msgpack": ".".join(map(str, msgpack.version)), "msgpack-numpy": msgpack_numpy_version()}


def msgpack_numpy_version():
    from importlib.metadata import version

    return version("msgpack-numpy")


def read(path, expected):
    with open(path, "rb") as file:
        return opened(msgpack.unpackb(file.read(), object_hook=msgpack_numpy.decode, raw=False, strict_map_key=False, timestamp=3))


def opened(value):
    """Text arrays and tables are plain maps, as the package's README documents them."""
    if isinstance(value, list):
        return [opened(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__formatlab__")
    if kind == "array":
        return common.list_array(value["values"]).reshape(value["shape"])
    if kind == "table":
        valid = value.get("valid", {})
        return Table({column["name"]: (common.list_array(value["columns"][column["name"]]), valid.get(column["name"]), zone(column)) for column in value["types"]})
    if kind == "tables":
        return joined([opened(part) for part in value["parts"]])
    return {key: opened(item) for key, item in value.items()}


def joined(parts):
    """The parts of a table that was written in batches, one below the other."""
    columns = {}
    for name, (_, _, attributes) in parts[0].columns.items():
        pieces = [part.columns[name] for part in parts]
        masked = any(valid is not None for _, valid, _ in pieces)
        valid = np.concatenate([np.ones(len(values), bool) if mask is None else mask for values, mask, _ in pieces])
        columns[name] = (np.concatenate([values for values, _, _ in pieces]), valid if masked else None, attributes)
    return Table(columns)


def zone(column):
    return {"zone": column["zone"]} if "zone" in column else {}


def samples():
    for name, array in common.arrays().items():
        if array.dtype.kind not in "UmM" and array.shape != ():  # msgpack-numpy cannot pack times
            yield f"{name}.msgpack", array, lambda path, array=array: pack(path, array)
    tree = {**common.tree(), "raw": b"\x00\xff", "big": 2**63 + 5, "small": -(2**63)}
    yield "tree.msgpack", tree, lambda path: pack(path, tree)
    named = {"a": np.arange(6.0).reshape(2, 3), "n": np.array([2**62, -1])}
    yield "named.msgpack", named, lambda path: pack(path, named)


def pack(path, value):
    with open(path, "wb") as file:
        file.write(msgpack.packb(value, default=msgpack_numpy.encode, use_bin_type=True))
