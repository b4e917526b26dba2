import base64
import datetime
import json
import platform
import sqlite3

import numpy as np
import pandas as pd

import common_samples as common
from values import Table


def versions():
    return {"python": platform.python_version(), "SQLite": sqlite3.sqlite_version, "pandas": pd.__version__}


def read(path, expected):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        problem = connection.execute("pragma integrity_check").fetchone()[0]
        assert problem == "ok", problem
        return read_value(connection, expected, "")
    finally:
        connection.close()


def read_value(connection, expected, name):
    kind = expected["kind"]
    if kind == "array":
        return read_array(connection, name)
    if kind == "table":
        return read_table(connection, expected, name)
    row = find(connection, "formatlab_values", "value", name)
    if row is not None:
        return from_json(json.loads(row[0]))
    if kind == "record":
        return {key: read_value(connection, item, f"{name}/{key}" if name else key) for key, item in expected["entries"]}
    return read_array(connection, name)


def has(connection, table):
    return connection.execute("select 1 from sqlite_master where name = ?", (table,)).fetchone() is not None


def find(connection, table, columns, name):
    if not has(connection, table):
        return None
    return connection.execute(f"select {columns} from {table} where name = ?", (name,)).fetchone()


def read_array(connection, name):
    row = find(connection, "formatlab_arrays", "dtype, shape, data", name)
    if row is None:
        return from_json(json.loads(find(connection, "formatlab_values", "value", name)[0]))
    dtype, shape, data = row
    if dtype in ("string", "bytes"):
        items = [from_json(item) for item in json.loads(data)]
        array = np.empty(len(items), dtype=object)
        array[:] = items
        return array.reshape(json.loads(shape))
    return np.frombuffer(data, dtype).reshape(json.loads(shape))


def read_table(connection, expected, name):
    row = find(connection, "formatlab_tables", "table_name", name)
    frame = pd.read_sql_query(f'select * from "{row[0] if row else name}"', connection, dtype=object)
    columns = {}
    for key, column in expected["columns"]:
        cells = list(frame[key])
        wanted = column["values"]
        # A NULL in a column without nulls is NaN.
        valid = [cell is not None for cell in cells] if "valid" in column else None
        extra = {each: column[each] for each in column if each not in ("values", "valid")}
        columns[key] = (column_of(cells, wanted, valid), valid, extra)
    return Table(columns)


def column_of(cells, wanted, valid):
    if wanted.get("kind") == "list":
        return [None if cell is None else from_json(json.loads(cell)) for cell in cells]
    dtype = wanted["dtype"]
    if dtype in ("string", "bytes"):
        out = np.empty(len(cells), dtype=object)
        out[:] = [("" if dtype == "string" else b"") if cell is None else cell for cell in cells]
        return out
    if dtype.startswith("complex"):
        return np.frombuffer(b"".join(cells), dtype)
    if dtype in ("datetime64", "timedelta64"):
        return np.array([0 if cell is None else cell for cell in cells], "i8").view(f"{'M8' if dtype[0] == 'd' else 'm8'}[{wanted['unit']}]")
    missing = 0 if valid is not None else float("nan")
    return np.array([missing if cell is None else int(cell) if dtype == "uint64" else float(cell) if dtype.startswith("float") else cell for cell in cells], dtype=dtype)


def from_json(item):
    if isinstance(item, list):
        return [from_json(each) for each in item]
    if not isinstance(item, dict):
        return item
    if len(item) == 1:
        (key, held), = item.items()
        if key == "$int":
            return int(held)
        if key == "$float":
            return float(held)
        if key == "$bytes":
            return base64.b64decode(held)
        if key == "$date":
            return datetime.datetime.fromtimestamp(held / 1000, datetime.timezone.utc)
        if key == "$record":
            return {name: from_json(each) for name, each in held.items()}
    return {name: from_json(each) for name, each in item.items()}


def samples():
    arrays = {name: array for name, array in common.arrays().items() if array.dtype.kind != "U"}
    yield "arrays.sqlite", arrays, lambda path: write_arrays(path, arrays)
    table = Table({
        "id": (np.array([1, 2**62, -3]), None, {}),
        "x": (np.array([1.5, -0.5, 1e300]), None, {}),
        "code": (np.array(["007", "a,b", "caf\u00e9 \U0001F600"], dtype=object), None, {}),
        "blob": (common.bytes_array([b"a", b"\xff\x00b", b"c"]), None, {}),
    })
    rows = list(zip(*(column[0].tolist() for column in table.columns.values())))
    yield "typed.db", {"t": table}, lambda path: write_rows(path, "create table t(id INTEGER NOT NULL, x REAL NOT NULL, code TEXT NOT NULL, blob BLOB NOT NULL)", rows)
    frame = pd.DataFrame({"n": [3, 4], "name": ["x", "y"]})
    there = [True, True]  # pandas declares no column NOT NULL
    described = Table({"n": (np.array([3, 4]), there, {}), "name": (np.array(["x", "y"], dtype=object), there, {})})
    yield "pandas.sqlite", {"frame": described}, lambda path: write_frame(path, frame)


def write_arrays(path, arrays):
    with sqlite3.connect(path) as connection:
        connection.execute("create table formatlab_arrays (name TEXT NOT NULL PRIMARY KEY, dtype TEXT NOT NULL, shape TEXT NOT NULL, data BLOB NOT NULL)")
        connection.executemany(
            "insert into formatlab_arrays values (?, ?, ?, ?)",
            [(name, array.dtype.str, json.dumps(array.shape), array.tobytes()) for name, array in arrays.items()],
        )


def write_rows(path, sql, rows):
    with sqlite3.connect(path) as connection:
        connection.execute(sql)
        connection.executemany("insert into t values (?, ?, ?, ?)", rows)


def write_frame(path, frame):
    with sqlite3.connect(path) as connection:
        frame.to_sql("frame", connection, index=False)
