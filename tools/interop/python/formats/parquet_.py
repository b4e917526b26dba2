import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import common_samples as common
from values import Table


def versions():
    return {"pyarrow": pa.__version__}


def read(path, expected):
    table = pq.read_table(path)
    if expected["kind"] == "array":
        values = table.column(0).to_pylist() if expected["dtype"] in ("string", "bytes") else table.column(0).to_numpy()
        if expected["dtype"] in ("string", "bytes"):
            return common.list_array(values).reshape(expected["shape"])
        if expected["dtype"] == "timedelta64":
            ticks = [-(2**63) if item is None else item for item in table.column(0).cast(pa.int64()).to_pylist()]
            return np.array(ticks, dtype="<i8").view(f"<m8[{expected['unit']}]").reshape(expected["shape"])
        return values.reshape(expected["shape"])
    wanted = dict(expected["columns"])
    return Table({name: column_of(table.column(name), wanted[name]) for name in table.column_names})


def column_of(chunked, expected):
    valid = [item is not None for item in chunked.to_pylist()] if "valid" in expected else None
    kind = chunked.type
    if pa.types.is_dictionary(kind):
        chunked = chunked.cast(kind.value_type)
        kind = chunked.type
    extra = {key: expected[key] for key in expected if key not in ("values", "valid", "zone")}
    if pa.types.is_timestamp(kind):
        ticks = np.array([0 if item is None else item for item in chunked.cast(pa.int64()).to_pylist()], dtype="<i8")
        if kind.tz is not None:
            extra["zone"] = kind.tz
        return ticks.view(f"<M8[{kind.unit}]"), valid, extra
    if pa.types.is_date32(kind):
        days = [0 if item is None else item for item in chunked.cast(pa.int32()).to_pylist()]
        return np.array(days, dtype="<i8").view("<M8[D]"), valid, extra
    cells = chunked.to_pylist()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return np.array(["" if cell is None else cell for cell in cells], dtype=object), valid, extra
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return common.bytes_array([b"" if cell is None else cell for cell in cells]), valid, extra
    if pa.types.is_nested(kind):
        return cells, valid, extra
    # Element by element, so that NaN stays NaN and int64 stays exact beside missing values.
    return np.array([0 if cell is None else cell for cell in cells], dtype=kind.to_pandas_dtype()), valid, extra


def samples():
    columns, described = common.arrow_columns(pa)
    table = pa.table(columns)
    for name, how in {
        "zstd-v2": {"compression": "zstd", "version": "2.6", "data_page_version": "2.0"},
        "snappy": {"compression": "snappy"},
        "gzip-plain": {"compression": "gzip", "use_dictionary": False},
        "brotli": {"compression": "brotli"},
        "lz4": {"compression": "lz4"},
        "none-groups": {"compression": "none", "row_group_size": 2},
    }.items():
        yield f"{name}.parquet", Table(described), lambda path, how=how: pq.write_table(table, path, **how)
