import marshal
import platform

import numpy as np

import common_samples as common
from values import Table


def versions():
    return {"marshal": f"{marshal.version} of Python {platform.python_version()}"}


def read(path, expected):
    with open(path, "rb") as file:
        return opened(marshal.load(file))


def opened(value):
    """Arrays and tables are plain dicts, as the package's README documents them."""
    if isinstance(value, list):
        return [opened(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__formatlab__")
    if kind == "array" and "data" in value:
        return np.frombuffer(value["data"], value["dtype"]).reshape(value["shape"])
    if kind == "array":
        return common.list_array(value["values"]).reshape(value["shape"])
    if kind == "table":
        valid = {name: opened(flags) for name, flags in value.get("valid", {}).items()}
        return Table({column["name"]: (column_values(value["columns"][column["name"]]), valid.get(column["name"]), zone(column)) for column in value["types"]})
    return {key: opened(item) for key, item in value.items()}


def column_values(stored):
    return common.list_array(stored) if isinstance(stored, list) else opened(stored)


def zone(column):
    return {"zone": column["zone"]} if "zone" in column else {}


def samples():
    for name, array in common.arrays().items():
        if array.dtype.kind in "biufcmM":
            form = {"__formatlab__": "array", "dtype": array.dtype.str, "shape": array.shape, "data": array.tobytes()}
            yield f"{name}.marshal", array, lambda path, form=form: dump(path, form)
    tree = {**common.tree(), "raw": b"\x00\xff", "big": 2**63 + 5, "small": -(2**63), "wide": 2**53 + 1}
    for version in range(marshal.version + 1):
        yield f"tree-{version}.marshal", tree, lambda path, version=version: dump(path, tree, version)


def dump(path, value, version=marshal.version):
    with open(path, "wb") as file:
        marshal.dump(value, file, version)
