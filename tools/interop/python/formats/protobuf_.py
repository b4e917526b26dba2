"""Reads and writes formatlab.proto with Python's protobuf: its descriptor is the one that protoc made."""

import pathlib

import google.protobuf
import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import common_samples as common
from values import Table

PACKAGE = pathlib.Path(__file__).resolve().parents[4] / "packages" / "protobuf"
POOL = descriptor_pool.DescriptorPool()
for proto in descriptor_pb2.FileDescriptorSet.FromString((PACKAGE / "formatlab.binpb").read_bytes()).file:
    POOL.Add(proto)

File = message_factory.GetMessageClass(POOL.FindMessageTypeByName("formatlab.File"))

FIELDS = {
    "float64": "float64", "complex128": "float64", "float32": "float32", "complex64": "float32", "int64": "int64",
    "datetime64": "int64", "timedelta64": "int64", "uint64": "uint64", "int32": "int32", "uint32": "uint32",
}


def versions():
    return {"protobuf": google.protobuf.__version__}


def read(path, expected):
    with open(path, "rb") as file:
        message = File.FromString(file.read())
    for more in message.rows:
        # Columns grow by those of the same place; merging concatenates repeated fields.
        table = (message.entries[more.name] if more.HasField("name") else message.value).table
        for column, added in zip(table.columns, more.table.columns):
            shape = [column.array.shape[0] + added.array.shape[0], *column.array.shape[1:]]
            valid = b"".join(
                part.valid if part.HasField("valid") else b"\1" * part.array.shape[0] for part in (column, added)
            )
            masked = column.HasField("valid") or added.HasField("valid")
            column.MergeFrom(added)
            if masked:
                column.valid = valid
            del column.array.shape[:]
            column.array.shape.extend(shape)
        table.rows += more.table.rows
    if message.HasField("value"):
        return opened(message.value)
    return {name: opened(value) for name, value in message.entries.items()}


def opened(value):
    kind = value.WhichOneof("kind")
    content = getattr(value, kind)
    if kind == "null":
        return None
    if kind == "array":
        return array_of(content)
    if kind == "table":
        return Table({column.name: column_of(column) for column in content.columns})
    if kind == "list":
        return [opened(item) for item in content.items]
    if kind == "record":
        return {name: opened(item) for name, item in content.members.items()}
    if kind == "big_integer":
        return int.from_bytes(content, "little", signed=True)
    return content


def array_of(message):
    shape = list(message.shape)
    dtype = message.dtype
    if dtype == "string":
        return common.list_array(list(message.text)).reshape(shape)
    if dtype == "bytes":
        return common.list_array(list(message.binary)).reshape(shape)
    if dtype in FIELDS:
        values = np.array(getattr(message, FIELDS[dtype]), dtype=FIELDS[dtype])
        if dtype.startswith("complex"):
            values = values.view(dtype)
        if dtype in ("datetime64", "timedelta64"):
            values = values.view(f"{'M' if dtype == 'datetime64' else 'm'}8[{message.unit}]")
        return values.reshape(shape)
    return np.frombuffer(message.small, dtype=dtype).reshape(shape)


def column_of(column):
    valid = list(column.valid) if column.HasField("valid") else None
    zone = {"zone": column.type.zone} if column.type.HasField("zone") else {}
    if valid is None and column.type.nullable:
        valid = [1] * len(column.array.shape and range(column.array.shape[0]))
    return array_of(column.array), valid, zone


def samples():
    for name, array in common.arrays().items():
        yield f"{name}.pb", array, lambda path, array=array: write(path, array)
    tree = {**common.tree(), "raw": b"\x00\xff", "big": 2**63 + 5, "small": -(2**63)}
    yield "tree.pb", tree, lambda path: write(path, tree)
    named = {"a": np.arange(6.0).reshape(2, 3), "n": np.array([2**62, -1])}
    yield "named.pb", named, lambda path: write(path, named)


def write(path, value):
    message = File(format="formatlab.1")
    if isinstance(value, dict):
        for name, item in value.items():
            fill(message.entries[name], item)
    else:
        fill(message.value, value)
    with open(path, "wb") as file:
        file.write(message.SerializeToString(deterministic=True))


def fill(message, value):
    if value is None:
        message.null = True
    elif isinstance(value, bool):
        message.boolean = value
    elif isinstance(value, int):
        if abs(value) <= 2**53 - 1:
            message.whole = value
        elif -(2**63) <= value < 2**63:
            message.integer = value
        else:
            message.big_integer = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    elif isinstance(value, float):
        message.number = value
    elif isinstance(value, str):
        message.text = value
    elif isinstance(value, bytes):
        message.binary = value
    elif isinstance(value, list):
        message.list.SetInParent()
        for item in value:
            fill(message.list.items.add(), item)
    elif isinstance(value, dict):
        message.record.SetInParent()
        for name, item in value.items():
            fill(message.record.members[name], item)
    else:
        fill_array(message.array, value)


def fill_array(message, array):
    message.shape.extend(array.shape)
    if array.dtype.kind == "U":
        message.dtype = "string"
        message.text.extend(array.ravel().tolist())
        return
    message.dtype = {"M": "datetime64", "m": "timedelta64"}.get(array.dtype.kind, array.dtype.name)
    if array.dtype.kind in "mM":
        message.unit = np.datetime_data(array.dtype)[0]
    if message.dtype in FIELDS:
        getattr(message, FIELDS[message.dtype]).extend(np.ascontiguousarray(array).ravel().view(FIELDS[message.dtype]).tolist())
    else:
        message.small = np.ascontiguousarray(array).tobytes()
