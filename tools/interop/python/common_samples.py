"""Values that several formats write."""

import numpy as np


def arrays():
    tiny = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3]
    out = {}
    for code in "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split():
        info = np.iinfo(code)
        out[code] = np.array([[info.min, info.max, 0], [1, 2, 3]], dtype=code)
    out["float64"] = np.array(tiny)
    out["float32"] = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3.4028235e38, 0.1], dtype="f4")
    out["float16"] = np.array([0.0, -0.0, np.inf, np.nan, 6e-8, 65504.0], dtype="f2")
    out["complex64"] = np.array([[1 + 2j, -0.0 - 1j]], dtype="c8")
    out["complex128"] = np.array([1 + 2j, complex(np.nan, np.inf)])
    out["bool"] = np.array([[True, False], [False, True]])
    out["datetime"] = np.array(["2026-11-23T01:02:03.123456789", "1969-12-31", "NaT"], dtype="M8[ns]")
    out["timedelta"] = np.array([1, -2, 3], dtype="m8[h]")
    out["text"] = np.array(["", "a", "h\u00e9llo", "\U0001F600 \u4e2d"])
    out["cube"] = np.arange(24.0).reshape(2, 3, 4)
    out["empty"] = np.zeros((0, 3))
    out["scalar"] = np.array(42, dtype="i4")
    return out


def structured():
    rows = np.zeros(3, dtype=[("name", "U6"), ("x", ">f4"), ("n", "<i8"), ("ok", "?")])
    rows["name"] = ["one", "zwei", "\u4e09"]
    rows["x"] = [1.5, -0.0, np.nan]
    rows["n"] = [2**62, -1, 0]
    rows["ok"] = [True, False, True]
    return rows


def tree():
    return {
        "name": "caf\u00e9 \U0001F600",
        "count": 3,
        "ratio": 0.1,
        "big": 2**60 + 1,
        "yes": True,
        "none": None,
        "tags": ["a", "", "\u0000", "quote \" and \\"],
        "inner": {"list": [1, [2.5, None], {"deep": False}], "empty": {}, "nothing": []},
    }


def column_array(cells, description):
    """The cells of a column as the array that its description calls for; missing ones become zero."""
    if description.get("kind") == "list":
        return cells
    dtype = description["dtype"]
    if dtype == "string":
        return np.array(["" if cell is None else cell for cell in cells], dtype=object)
    if dtype == "datetime64":
        return np.array(["1970-01-01" if cell is None else str(cell).replace("Z", "").replace("+00:00", "") for cell in cells], dtype=f"M8[{description['unit']}]")
    return np.array([0 if cell is None else cell for cell in cells], dtype=dtype)


def cell_value(cell, description):
    """The value that the text of a cell stands for."""
    dtype = description["dtype"]
    if dtype in ("string", "datetime64"):
        return cell
    if dtype == "bool":
        return {"true": True, "false": False}[cell.lower()]
    return float(cell) if dtype.startswith("float") else int(cell)


def bytes_array(items):
    out = np.empty(len(items), dtype=object)
    width = max([1, *map(len, items)])
    if all(not item.endswith(b"\0") for item in items):
        return np.array(items, dtype=f"S{width}")
    out[:] = items
    return out


def arrow_columns(pa):
    """Columns as Arrow arrays, and as this tool describes them."""
    valid = [True, False, True]
    columns, described = {}, {}

    def add(name, arrow, values, mask=None, **extra):
        columns[name] = arrow
        described[name] = (values, mask, extra)

    for code in "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split():
        values = np.array([1, 2, 100], dtype=code)
        add(code, pa.array(values), values, [True] * 3)
        add(f"{code}_null", pa.array(values, mask=~np.array(valid)), values, valid)
    add("bool", pa.array([True, None, False]), np.array([True, False, False]), valid)
    add("text", pa.array(["caf\u00e9", None, ""]), np.array(["caf\u00e9", "", ""], dtype=object), valid)
    for unit in ("ms", "us", "ns"):
        ticks = np.array([1_700_000_000_123, 0, -1], dtype=f"M8[{unit}]")
        add(f"time_{unit}", pa.array(ticks, mask=~np.array(valid)), ticks, valid)
        add(f"utc_{unit}", pa.array(ticks, type=pa.timestamp(unit, tz="UTC"), mask=~np.array(valid)), ticks, valid, zone="UTC")
    return columns, described


def list_array(values):
    """A list of text or bytes as an array; an array as it is."""
    if isinstance(values, np.ndarray):
        return values
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
