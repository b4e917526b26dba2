"""Exact descriptions of values, the same as src/describe.ts makes: what both sides compare.

An array is its dtype, shape and the hexadecimal bytes of its elements (little-endian, C order), so that every bit
counts; text and bytes are listed.
"""

import datetime
import math
import struct

import numpy as np


class Table:
    """Named columns of equal length; a column is an array and, where some are missing, a mask of what is there."""

    def __init__(self, columns):
        # name -> (numpy array or list, validity mask or None, extra description such as the zone)
        self.columns = columns


def describe(value):
    if isinstance(value, Table):
        return {"kind": "table", "columns": [[name, describe_column(*column)] for name, column in value.columns.items()]}
    if isinstance(value, np.ndarray):
        return describe_array(value)
    if isinstance(value, np.generic):
        return describe_array(np.asarray(value))
    if isinstance(value, dict):
        return {"kind": "record", "entries": sorted(([str(key), describe(item)] for key, item in value.items()), key=lambda entry: entry[0])}
    if isinstance(value, (list, tuple)):
        return {"kind": "list", "items": [describe(item) for item in value]}
    return describe_scalar(value)


def describe_scalar(value):
    if value is None:
        return {"kind": "null"}
    if isinstance(value, bool):
        return {"kind": "bool", "value": value}
    if isinstance(value, int):
        return {"kind": "number", "value": str(value)}
    if isinstance(value, float):
        # JavaScript has one kind of number: a whole float and an integer are the same to it.
        if value.is_integer() and not (value == 0 and math.copysign(1, value) < 0) and abs(value) <= 2**53:
            return {"kind": "number", "value": str(int(value))}
        return {"kind": "number", "value": struct.pack("<d", value).hex()}
    if isinstance(value, str):
        return {"kind": "text", "value": value}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"kind": "bytes", "value": bytes(value).hex()}
    if isinstance(value, datetime.datetime):
        return {"kind": "date", "value": str(int(value.timestamp() * 1000))}
    raise TypeError(f"no description for {type(value)}")


def describe_array(array):
    kind = array.dtype.kind
    if array.dtype.names:
        return describe(Table({name: (array[name], None, {}) for name in array.dtype.names}))
    if array.shape == () and kind in "fUOb" and array.dtype.itemsize in (1, 8) or (array.shape == () and kind in "UO"):
        if kind in "UO" or array.dtype.name in ("float64", "bool"):
            return describe_scalar(array.item())
    if kind == "O" and array.size > 0 and all(isinstance(item, bytes) for item in array.ravel().tolist()):
        return {"kind": "array", "dtype": "bytes", "shape": list(array.shape), "bytes": [item.hex() for item in array.ravel().tolist()]}
    if kind in "UO" or kind == "T":
        items = [item.decode("utf-8") if isinstance(item, bytes) else item for item in array.ravel().tolist()]
        return {"kind": "array", "dtype": "string", "shape": list(array.shape), "text": items}
    if kind in "SV":
        return {"kind": "array", "dtype": "bytes", "shape": list(array.shape), "bytes": [bytes(item).hex() for item in array.ravel().tolist()]}
    out = {"kind": "array", "dtype": dtype_name(array.dtype), "shape": list(array.shape)}
    if kind in "mM":
        unit, step = np.datetime_data(array.dtype)
        out["unit"] = unit if step == 1 else f"{step}{unit}"
    out["hex"] = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes().hex()
    return out


def dtype_name(dtype):
    return {"m": "timedelta64", "M": "datetime64"}.get(dtype.kind, dtype.name)


def describe_column(values, valid=None, extra=None):
    out = {"values": blank(values, valid)}
    if valid is not None:
        out["valid"] = [int(flag) for flag in valid]
    out.update(extra or {})
    return out


def blank(values, valid):
    """The column's description with what stands in the place of missing values made zero."""
    if isinstance(values, list):
        return {"kind": "list", "items": [describe(item if valid is None or valid[i] else None) for i, item in enumerate(values)]}
    array = np.array(values)
    if valid is not None:
        mask = ~np.asarray(valid, dtype=bool)
        if array.dtype.kind in "UO":
            array = array.astype(object)
            array[mask] = ""
        else:
            array = array.copy()
            array[mask] = np.zeros((), dtype=array.dtype)
    return describe_array(array)


def count(description):
    """How many single values a description holds."""
    kind = description["kind"]
    if kind == "table":
        return sum(count(column["values"]) for _, column in description["columns"])
    if kind == "record":
        return sum(count(item) for _, item in description["entries"])
    if kind == "list":
        return sum(count(item) for item in description["items"])
    if kind == "array":
        total = 1
        for length in description["shape"]:
            total *= length
        return total
    return 1


def first_difference(left, right, path=""):
    """Where two descriptions differ first, in words; None where they are the same."""
    if type(left) is not type(right):
        return f"{path}: {short(left)} and {short(right)}"
    if isinstance(left, dict):
        for key in sorted(set(left) | set(right)):
            if key not in left or key not in right:
                return f"{path}/{key}: only on one side"
            found = first_difference(left[key], right[key], f"{path}/{key}")
            if found:
                return found
        return None
    if isinstance(left, list):
        if len(left) != len(right):
            return f"{path}: {len(left)} and {len(right)} items"
        for i, (one, other) in enumerate(zip(left, right)):
            found = first_difference(one, other, f"{path}/{i}")
            if found:
                return found
        return None
    return None if left == right else f"{path}: {short(left)} and {short(right)}"


def short(value):
    text = repr(value)
    return text if len(text) < 100 else text[:97] + "..."
