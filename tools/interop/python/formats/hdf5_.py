import h5py
import numpy as np

import common_samples as common
from values import Table


def versions():
    return {"h5py": h5py.__version__, "HDF5": h5py.version.hdf5_version}


def read(path, expected):
    with h5py.File(path, "r") as file:
        return read_group(file, expected)


def read_group(group, expected):
    if expected["kind"] == "table":
        return read_table(group, expected)
    if expected["kind"] == "array":
        names = list(group)
        return read_dataset(group[names[0]], expected) if len(names) == 1 else None
    wanted = dict(expected.get("entries", []))
    return {name: read_item(group[name], wanted.get(name, {"kind": "record"})) for name in group}


def read_item(item, expected):
    if isinstance(item, h5py.Group):
        return read_group(item, expected)
    return read_dataset(item, expected)


def read_dataset(dataset, expected):
    if dataset.shape is None:
        return None
    if h5py.check_string_dtype(dataset.dtype):
        value = dataset.asstr()[()]
        return value if isinstance(value, str) else np.array(value, dtype=object)
    value = dataset[()]
    if h5py.check_vlen_dtype(dataset.dtype) == np.uint8:
        # Byte strings of variable length: h5py gives one array of uint8 an element.
        items = [bytes(item) for item in np.asarray(value, dtype=object).ravel()]
        return common.list_array(items).reshape(dataset.shape)
    if expected.get("dtype") in ("datetime64", "timedelta64"):
        code = {"datetime64": "M8", "timedelta64": "m8"}[expected["dtype"]]
        return np.asarray(value).astype("<i8").view(f"<{code}[{expected['unit']}]")
    return value


def read_table(group, expected):
    """A compound dataset, or a group of one-dimensional datasets."""
    columns = {}
    node = group
    while isinstance(node, h5py.Group) and len(node) == 1:
        node = node[next(iter(node))]
    for name, column in expected["columns"]:
        values = node[name][()] if isinstance(node, h5py.Dataset) else read_dataset(node[name], column["values"])
        if column["values"].get("dtype") == "string":
            values = np.array([item.decode("utf-8") if isinstance(item, bytes) else item for item in values], dtype=object)
        columns[name] = (values, column.get("valid"), {key: column[key] for key in column if key not in ("values", "valid")})
    return Table(columns)


def samples():
    arrays = {name: array for name, array in common.arrays().items() if array.dtype.kind not in "mMU"}
    yield "arrays.h5", arrays, lambda path: write(path, arrays)
    yield "arrays-chunked.h5", {name: array for name, array in arrays.items() if array.ndim > 0 and array.size > 0}, lambda path: write(
        path, {name: array for name, array in arrays.items() if array.ndim > 0 and array.size > 0}, chunks=True, compression="gzip", shuffle=True, fletcher32=True)
    nested = {"run": {"temps": np.arange(6.0).reshape(2, 3), "inner": {"n": np.array([1, 2**62])}}, "name": "caf\u00e9"}
    yield "groups.h5", nested, lambda path: write(path, nested)
    big = {name: array.astype(array.dtype.newbyteorder(">")) for name, array in arrays.items() if array.dtype.itemsize > 1 and array.dtype.kind != "b"}
    yield "big-endian.h5", {name: arrays[name] for name in big}, lambda path: write(path, big)
    text = {"names": np.array(["a", "caf\u00e9", ""], dtype=object)}
    yield "text.h5", text, lambda path: write_text(path, text)


def write(path, value, **how):
    with h5py.File(path, "w") as file:
        write_group(file, value, how)


def write_group(group, value, how):
    for name, item in value.items():
        if isinstance(item, dict):
            write_group(group.create_group(name), item, how)
        elif isinstance(item, str):
            group[name] = item
        else:
            group.create_dataset(name, data=item, **how)


def write_text(path, value):
    with h5py.File(path, "w") as file:
        for name, items in value.items():
            file.create_dataset(name, data=items, dtype=h5py.string_dtype())
