import pickle
import platform

import numpy as np

import common_samples as common
from values import Table


def versions():
    return {"python": platform.python_version(), "numpy": np.__version__}


def read(path, expected):
    with open(path, "rb") as file:
        return opened(pickle.load(file))


def opened(value):
    """Tables are dicts of columns, as the package's README documents them."""
    if isinstance(value, list):
        return [opened(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__formatlab__") == "table":
        valid = value.get("valid", {})
        return Table({column["name"]: (common.list_array(value["columns"][column["name"]]), valid.get(column["name"]), {}) for column in value["types"]})
    return {key: opened(item) for key, item in value.items()}


def samples():
    for name, array in common.arrays().items():
        for protocol in (0, 2, 4, 5):
            yield f"{name}-{protocol}.pkl", array, lambda path, array=array, protocol=protocol: dump(path, array, protocol)
        yield f"{name}-be.pkl", array, lambda path, array=array: dump(path, array.astype(array.dtype.newbyteorder(">")), 5)
        if array.ndim > 1:
            yield f"{name}-f.pkl", array, lambda path, array=array: dump(path, np.asfortranarray(array), 5)
    rows = common.structured()
    yield "structured.pkl", rows, lambda path: dump(path, rows, 5)
    tree = {**common.tree(), "raw": b"\x00\xff", "huge": 2**200, "small": -(2**63)}
    for protocol in range(6):
        yield f"tree-{protocol}.pkl", tree, lambda path, protocol=protocol: dump(path, tree, protocol)


def dump(path, value, protocol):
    with open(path, "wb") as file:
        pickle.dump(value, file, protocol=protocol)
