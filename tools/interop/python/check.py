"""Reads the files that FormatLab wrote and compares each with its description: check.py MANIFEST"""

import importlib
import json
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from values import count, describe, first_difference  # noqa: E402


def main():
    manifest = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    results, versions = [], {}
    for item in manifest:
        module = importlib.import_module(f"formats.{item['adapter']}_")
        versions.update(module.versions())
        try:
            found = describe(module.read(item["path"], item["expected"]))
            problem = first_difference(item["expected"], found)
        except Exception:
            problem = traceback.format_exc(limit=2).strip().replace("\n", " | ")
        results.append({"format": item["format"], "file": item["file"], "values": count(item["expected"]), "problem": problem})
    print(json.dumps({"results": results, "versions": versions}))


main()
