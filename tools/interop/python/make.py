"""Writes the files that FormatLab is to read, and what they hold: make.py FOLDER"""

import importlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from values import describe  # noqa: E402

ADAPTERS = ["json", "csv", "msgpack", "marshal", "numpy", "hdf5", "parquet", "text", "xml", "yaml", "sqlite", "matlab", "protobuf", "pickle"]


def main():
    folder = pathlib.Path(sys.argv[1])
    manifest = []
    for adapter in ADAPTERS:
        module = importlib.import_module(f"formats.{adapter}_")
        (folder / adapter).mkdir(parents=True, exist_ok=True)
        for name, value, write in module.samples():
            path = folder / adapter / name
            write(str(path))
            manifest.append({"format": adapter, "file": name, "path": str(path), "expected": describe(value)})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


main()
