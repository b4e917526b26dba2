"""Loads the marshal files that are named and prints what is in each as a line of JSON."""
import json
import marshal
import sys

from describe import describe

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print(json.dumps(describe(marshal.loads(file.read()))))
