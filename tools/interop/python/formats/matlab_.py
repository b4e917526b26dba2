import numpy as np
import scipy
import scipy.io

import common_samples as common
import octave
from values import Table


def versions():
    return {"scipy": scipy.__version__, "GNU Octave": octave.version() or "not installed"}


def read(path, expected):
    if octave.version():
        octave.check(path)
    variables = {name: value for name, value in scipy.io.loadmat(path, chars_as_strings=True).items() if not name.startswith("__")}
    if expected["kind"] == "record":
        wanted = dict(expected["entries"])
        return {name: convert(value, wanted.get(name, {"kind": "array"})) for name, value in variables.items()}
    return convert(variables["data"], expected)


def convert(value, expected):
    """MATLAB has two dimensions at least, and cells for what is no number: the description says what they stand for."""
    kind = expected["kind"]
    if kind == "array":
        return convert_array(value, expected)
    if kind == "table":
        record = value[0, 0]
        columns = {}
        for name, column in expected["columns"]:
            rest = {key: column[key] for key in column if key not in ("values", "valid")}
            columns[name] = (convert_array(record[name], column["values"]), column.get("valid"), rest)
        return Table(columns)
    if kind == "record":
        record = value[0, 0]
        if not expected["entries"]:
            return {}
        return {name: convert(record[name], item) for name, item in expected["entries"]}
    if kind == "list":
        cells = list(value.ravel(order="F")) if value.dtype == object else []
        return [convert(cell, item) for cell, item in zip(cells, expected["items"])] if len(cells) == len(expected["items"]) else cells
    if kind == "null":
        return None if value.size == 0 else value
    if kind == "text":
        return str(value[0]) if value.size else ""
    if kind == "bool":
        return bool(value[0, 0])
    if kind == "bytes":
        return value.astype("u1").tobytes()
    if kind == "date":
        return value
    item = value[0, 0] if isinstance(value, np.ndarray) and value.ndim == 2 else value
    return item.item()


def convert_array(value, expected):
    shape, dtype = expected["shape"], expected["dtype"]
    if dtype == "string":
        cells = [str(cell[0]) if cell.size else "" for cell in value.ravel(order="C")]
        return common.list_array(cells).reshape(shape)
    if dtype == "bytes":
        return common.list_array([cell.astype("u1").tobytes() for cell in value.ravel(order="C")]).reshape(shape)
    if dtype in ("datetime64", "timedelta64"):
        code = {"datetime64": "M8", "timedelta64": "m8"}[dtype]
        return value.astype("<i8").view(f"<{code}[{expected['unit']}]").reshape(shape)
    if dtype == "bool":
        return value.astype(bool).reshape(shape)
    return value.reshape(shape)


def samples():
    plain = {name: array for name, array in common.arrays().items() if array.dtype.kind not in "mMU" and name != "float16"}
    seen = {name: np.atleast_2d(array) for name, array in plain.items()}
    for name, compress in (("arrays.mat", False), ("arrays-deflated.mat", True)):
        yield name, seen, lambda path, compress=compress: scipy.io.savemat(path, plain, do_compression=compress)
    four = {name: array for name, array in plain.items() if array.dtype.kind == "f" and array.ndim < 3}
    yield "level4.mat", {name: np.atleast_2d(array) for name, array in four.items()}, lambda path: scipy.io.savemat(path, four, format="4")
    nested = {"run": {"temps": np.arange(6.0).reshape(2, 3), "name": "caf\u00e9"}, "word": "text"}
    yield "structs.mat", nested, lambda path: scipy.io.savemat(path, nested)
    columns = {"columns": np.asfortranarray(np.arange(35.0).reshape(5, 7))}
    yield "columns.mat", columns, lambda path: scipy.io.savemat(path, columns)
    if octave.version():
        yield from octave.samples()
