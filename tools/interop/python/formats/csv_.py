import csv
import platform

import numpy as np
import pandas as pd

import common_samples as common
from values import Table


def versions():
    return {"python": platform.python_version(), "pandas": pd.__version__}


def read(path, expected):
    if expected["kind"] == "array" and expected["dtype"] == "bool":
        cells = np.loadtxt(path, delimiter=",", ndmin=2, dtype=str)
        return (np.char.lower(cells) == "true").reshape(expected["shape"])
    if expected["kind"] == "array":
        # loadtxt reads what savetxt writes; int64 is exact only when it is asked for.
        return np.loadtxt(path, delimiter=",", ndmin=2, dtype=expected["dtype"]).reshape(expected["shape"])
    with open(path, encoding="utf-8", newline="") as file:
        names, *rows = list(csv.reader(file))
    wanted = dict(expected["columns"])
    columns = {}
    for i, name in enumerate(names):
        column = wanted[name]
        cells = [row[i] for row in rows]
        valid = column.get("valid")
        if valid is not None:
            # The csv module does not tell a missing cell from an empty one, so text cannot be judged here.
            valid = [cell != "" for cell in cells]
        columns[name] = (common.column_array([common.cell_value(cell, column["values"]) if cell != "" or valid is None else None for cell in cells], column["values"]), valid, {key: column[key] for key in column if key not in ("values", "valid")})
    return Table(columns)


def samples():
    matrix = common.arrays()["float64"]
    yield "savetxt.csv", matrix, lambda path: np.savetxt(path, matrix, delimiter=",", fmt="%.17g")
    table = Table({
        "id": (np.array([1, 2**62, -3]), None, {}),
        "x": (np.array([1.5, -0.0, 1e300]), None, {}),
        "code": (np.array(["007", "a,b", 'say "hi"\nthere'], dtype=object), None, {}),
        "caf\u00e9": (np.array(["\u4e2d", "\U0001F600", "z"], dtype=object), None, {}),
    })
    frame = pd.DataFrame({name: column[0] for name, column in table.columns.items()})
    yield "pandas.csv", table, lambda path: frame.to_csv(path, index=False)
    yield "pandas-tabs.tsv", table, lambda path: frame.to_csv(path, index=False, sep="\t")
