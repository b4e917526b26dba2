import json
import platform

import numpy as np

import common_samples as common
from values import Table


def versions():
    return {"python": platform.python_version()}


def read(path, expected):
    with open(path, encoding="utf-8") as file:
        if path.endswith((".ndjson", ".jsonl")):
            return as_expected([json.loads(line) for line in file if line.strip()], expected)
        return as_expected(json.load(file), expected)


def as_expected(value, expected):
    """Nested lists are arrays where our side says so: the dtype is what NumPy itself makes of them."""
    kind = expected["kind"]
    if kind == "array":
        array = np.array(value)
        if array.size == 0:
            array = np.zeros(expected["shape"], dtype=expected["dtype"])
        return array
    if kind == "record":
        wanted = dict(expected["entries"])
        return {name: as_expected(item, wanted[name]) if name in wanted else item for name, item in value.items()}
    if kind == "table":
        return rows_to_table(value, expected)
    return value


def rows_to_table(rows, expected):
    columns = {}
    for name, column in expected["columns"]:
        cells = [row.get(name) for row in rows]
        valid = [cell is not None for cell in cells] if "valid" in column else None
        columns[name] = (common.column_array(cells, column["values"]), valid, {key: column[key] for key in column if key not in ("values", "valid")})
    return Table(columns)


def samples():
    for name, array in common.arrays().items():
        if array.dtype.name in ("float64", "int64") and array.size > 0:
            yield f"{name}.json", array, lambda path, array=array: dump(path, array.tolist())
    named = {"a": np.arange(6.0).reshape(2, 3), "b": np.array([[1, 2**62]])}
    yield "named.json", named, lambda path: dump(path, {name: array.tolist() for name, array in named.items()})
    tree = common.tree()
    yield "tree.json", tree, lambda path: dump(path, tree)
    yield "tree-indented.json", tree, lambda path: dump(path, tree, indent=2, ensure_ascii=False)


def dump(path, value, **how):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, **how)
