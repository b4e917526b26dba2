"""Makes heads.json: the start and end of small files of many formats, for probes to be tried on.

Run in an environment with numpy, h5py, pyarrow, msgpack, scipy and pyyaml:

    python make-heads.py > heads.json
"""

import base64
import gzip
import io
import json
import lzma
import marshal
import os
import pickle
import platform
import random
import sqlite3
import struct
import tarfile
import tempfile
import wave
import zipfile
import zlib

import h5py
import msgpack
import numpy
import pyarrow
import pyarrow.parquet
import scipy
import scipy.io
import yaml

HEAD_BYTES = 768
TAIL_BYTES = 128
ARRAY = numpy.arange(12, dtype="<f8").reshape(3, 4) / 4
RECORD = {"name": "Zürich", "people": 443037, "share": 0.25, "tags": ["city", "lake"], "open": True}
ROWS = [{"city": name, "people": people, "area": area} for name, people, area in
        [("Zürich", 443037, 87.9), ("Genève", 203856, 15.9), ("Basel", 177654, 23.9)]]
FIXED_DATE = (2024, 1, 1, 0, 0, 0)


def written(write, suffix=""):
    """The bytes of a file that `write` makes at a path."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file" + suffix)
        write(path)
        with open(path, "rb") as file:
            return file.read()


def npy(array, version=None):
    buffer = io.BytesIO()
    numpy.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


def npz(save):
    buffer = io.BytesIO()
    save(buffer, a=ARRAY, b=numpy.arange(3))
    return buffer.getvalue()


def matlab(**options):
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, {"a": ARRAY, "name": "text"}, **options)
    return buffer.getvalue()


def hdf5(**options):
    def write(path):
        with h5py.File(path, "w", **options) as file:
            file.create_dataset("a", data=ARRAY, track_times=False)
    return written(write, ".h5")


def matlab73():
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5 schema 1.00 ."
    content = bytearray(hdf5(userblock_size=512))
    content[:128] = text.ljust(116, b" ") + bytes(8) + struct.pack("<H", 0x0200) + b"IM"
    return bytes(content)


def parquet(**options):
    table = pyarrow.table({name: [row[name] for row in ROWS] for name in ROWS[0]})
    return written(lambda path: pyarrow.parquet.write_table(table, path, **options), ".parquet")


def sqlite():
    def write(path):
        connection = sqlite3.connect(path)
        connection.execute("create table cities (city text, people integer, area real)")
        connection.executemany("insert into cities values (:city, :people, :area)", ROWS)
        connection.commit()
        connection.close()
    return written(write, ".sqlite")


def plain_zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("readme.txt", FIXED_DATE), "Plain text in a plain archive.\n" * 5)
    return buffer.getvalue()


def tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("readme.txt")
        entry.size = 6
        archive.addfile(entry, io.BytesIO(b"words\n"))
    return buffer.getvalue()


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\1\2\0\3\4")) + chunk(b"IEND", b"")


def wav():
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(200)))
    return buffer.getvalue()


def csv(delimiter):
    lines = [delimiter.join(ROWS[0])] + [delimiter.join(map(str, row.values())) for row in ROWS]
    return ("\r\n".join(lines) + "\r\n").encode()


def protobuf():
    """Field 1 a string, 2 a varint, 3 a double, 4 packed doubles."""
    packed = ARRAY.tobytes()
    return (b"\x0a\x06Basel!" + b"\x10\xf6\xeb\x0a" + b"\x19" + struct.pack("<d", 23.9)
            + b"\x22" + bytes([len(packed)]) + packed)


XML = '<?xml version="1.0" encoding="UTF-8"?>\n<cities>\n  <city people="443037">Zürich</city>\n</cities>\n'
PROSE = ("It was a bright morning, and the lake lay still. She counted the boats: three, four, then five; "
         "none of them moved.\n\nLater, in the afternoon, the wind came up from the west.\n")
LIBRARIES = {"numpy": numpy, "scipy": scipy, "h5py": h5py, "pyarrow": pyarrow, "msgpack": msgpack, "pyyaml": yaml}


def samples():
    """Name, ids of the formats whose files these are, library that made them ('' for Python's own), bytes."""
    yield "csv, commas", ["csv"], "", csv(",")
    yield "csv, semicolons", ["csv"], "", csv(";")
    yield "csv, tabs", ["csv", "tsv"], "", csv("\t")
    yield "json, a record", ["json"], "", json.dumps(RECORD, indent=2).encode()
    yield "json, a list of numbers", ["json"], "", json.dumps(ARRAY.tolist()).encode()
    yield "json, a record a line", ["json", "ndjson"], "", "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    yield "yaml, a record", ["yaml"], "pyyaml", yaml.safe_dump(RECORD, allow_unicode=True).encode()
    yield "yaml, two documents", ["yaml"], "pyyaml", yaml.safe_dump_all(ROWS[:2], explicit_start=True).encode()
    yield "xml, with declaration", ["xml"], "", XML.encode()
    yield "xml, without declaration", ["xml"], "", XML.split("\n", 1)[1].encode()
    for version in [(1, 0), (2, 0), (3, 0)]:
        yield f"npy {version[0]}.{version[1]}", ["numpy", "npy"], "numpy", npy(ARRAY, version)
    yield "npz, stored", ["numpy", "npz"], "numpy", npz(numpy.savez)
    yield "npz, deflated", ["numpy", "npz"], "numpy", npz(numpy.savez_compressed)
    yield "mat 4", ["matlab", "mat"], "scipy", matlab(format="4")
    yield "mat 5", ["matlab", "mat"], "scipy", matlab()
    yield "mat 7", ["matlab", "mat"], "scipy", matlab(do_compression=True)
    yield "mat 7.3", ["matlab", "mat", "hdf5"], "h5py", matlab73()
    for protocol in range(6):
        yield f"pickle protocol {protocol}", ["pickle"], "", pickle.dumps(RECORD, protocol)
    yield "pickle of an array", ["pickle"], "numpy", pickle.dumps(ARRAY, 4)
    for version in range(5):
        yield f"marshal version {version}", ["marshal"], "", marshal.dumps(RECORD, version)
    yield "hdf5, earliest", ["hdf5"], "h5py", hdf5()
    yield "hdf5, latest", ["hdf5"], "h5py", hdf5(libver="latest")
    yield "hdf5, behind a user block", ["hdf5"], "h5py", hdf5(userblock_size=512)
    yield "parquet, snappy", ["parquet"], "pyarrow", parquet()
    yield "parquet, plain", ["parquet"], "pyarrow", parquet(compression="none", use_dictionary=False)
    yield "sqlite", ["sqlite"], "", sqlite()
    yield "msgpack, a map", ["msgpack"], "msgpack", msgpack.packb(RECORD)
    yield "msgpack, a list of maps", ["msgpack"], "msgpack", msgpack.packb(ROWS)
    yield "msgpack, numbers", ["msgpack"], "msgpack", msgpack.packb(ARRAY.tolist())
    yield "protobuf", ["protobuf"], "", protobuf()
    yield "gzip", [], "", gzip.compress(PROSE.encode(), mtime=0)
    yield "xz", [], "", lzma.compress(PROSE.encode())
    yield "zip of a text", [], "", plain_zip()
    yield "tar", [], "", tar()
    yield "png", [], "", png()
    yield "wav", [], "", wav()
    yield "pdf", [], "", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    yield "elf", [], "", b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQ", 3, 62, 1, 0x1060) + bytes(64)
    yield "prose", [], "", PROSE.encode()
    yield "prose, UTF-16", [], "", PROSE.encode("utf-16")
    yield "program", [], "", b"#!/bin/sh\nset -e\nfor f in *.txt; do\n  echo \"$f: $(wc -l < \"$f\")\"\ndone\n"
    yield "zeros", [], "", bytes(512)
    yield "ones", [], "", b"\xff" * 512
    for seed in range(3):
        yield f"noise, seed {seed}", [], "", random.Random(seed).randbytes(512)


def origin(library):
    python = f"Python {platform.python_version()}"
    return f"{python}, {library} {LIBRARIES[library].__version__ if library != 'msgpack' else '.'.join(map(str, msgpack.version))}" if library else python


def head_of(name, owners, library, content):
    return {"name": name, "owners": owners, "origin": origin(library), "size": len(content),
            "head": base64.b64encode(content[:HEAD_BYTES]).decode(),
            "tail": base64.b64encode(content[-TAIL_BYTES:]).decode()}


if __name__ == "__main__":
    print("[\n" + ",\n".join(json.dumps(head_of(*sample), ensure_ascii=False) for sample in samples()) + "\n]")
