import base64
import platform
import xml.etree.ElementTree as ET

import lxml
import lxml.etree
import numpy as np
import pandas as pd

import common_samples as common
from values import Table


def versions():
    return {"python": platform.python_version(), "lxml": lxml.__version__, "pandas": pd.__version__}


def read(path, expected):
    # Two parsers have to agree that the file is well-formed.
    lxml.etree.parse(path)
    root = ET.parse(path).getroot()
    assert root.get("formatlab") == "1"
    return value_of(root)


def value_of(element):
    """The value of an element in the mapping that the package's README documents."""
    kind = element.get("type", "string")
    text = element.text or ""
    if kind == "string":
        return unescaped(text) if "text" in element.get("escaped", "") else text
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "number":
        return float(text)
    if kind == "integer":
        return int(text)
    if kind == "bytes":
        return base64.b64decode(text)
    if kind == "list":
        return [value_of(item) for item in element]
    if kind == "record":
        return {name_of(member): value_of(member) for member in element}
    if kind == "array":
        return array_of(element)
    if kind == "table":
        return table_of(element)
    raise ValueError(f"type {kind}")


def name_of(element):
    name = element.get("name", element.tag)
    return unescaped(name) if "name" in element.get("escaped", "") else name


def unescaped(text):
    return text.replace("\\\\", "\\").encode("latin-1", "backslashreplace").decode("unicode_escape")


def array_of(element):
    dtype = element.get("dtype")
    shape = tuple(map(int, element.get("shape").split()))
    if dtype == "string":
        return common.list_array([value_of(item) for item in element]).reshape(shape)
    if dtype == "bytes":
        return common.bytes_array([base64.b64decode(item.text or "") for item in element]).reshape(shape)
    return elements(dtype, (element.text or "").split(), element.get("unit")).reshape(shape)


def elements(dtype, tokens, unit):
    if dtype == "bool":
        return np.array([token == "true" for token in tokens], dtype=bool)
    if dtype == "datetime64":
        ticks = [int(token[1:]) if token.startswith("@") else np.datetime64(token.rstrip("Z"), unit).astype("i8") for token in tokens]
        return np.array(ticks, dtype="i8").view(f"M8[{unit}]")
    if dtype == "timedelta64":
        return np.array([int(token) for token in tokens], dtype="i8").view(f"m8[{unit}]")
    if dtype.startswith("complex"):
        out = np.empty(len(tokens), dtype=dtype)
        for i, token in enumerate(tokens):
            out[i] = complex(token)
        return out
    parse = float if dtype.startswith("float") else int
    return np.array([parse(token) for token in tokens], dtype=dtype)


def table_of(element):
    columns = {}
    rows = element.findall("row")
    for column in element.find("columns"):
        name, dtype = name_of(column), column.get("dtype")
        cells = [row.find(column.get("element", name)) for row in rows]
        values = [None if cell is None else value_of(cell) for cell in cells]
        valid = [value is not None for value in values] if column.get("nullable") == "true" else None
        if dtype == "string":
            array = common.list_array(["" if value is None else value for value in values])
        else:
            array = elements(dtype, ["0" if value is None else value for value in values], column.get("unit"))
        columns[name] = (array, valid, {"zone": column.get("zone")} if column.get("zone") else {})
    return Table(columns)


def samples():
    """Files in the mapping, written by ElementTree, and plain documents of other programs."""
    for name, array in common.arrays().items():
        yield f"{name}.xml", array, lambda path, array=array: dump(path, array)
    named = {"a": np.arange(6.0).reshape(2, 3), "two words": np.array([[1, 2**62]])}
    yield "named.xml", named, lambda path: dump(path, named)
    tree = {**common.tree(), "tags": ["a", "", "quote \" and \\", "<&>\n"], "raw": b"\x00\xff"}
    yield "tree.xml", tree, lambda path: dump(path, tree)
    frame = pd.DataFrame({"id": ["007", "1e5"], "city": ["Z\u00fcrich", "Gen\u00e8ve"]})
    plain = {"data": {"row": [{"id": "007", "city": "Z\u00fcrich"}, {"id": "1e5", "city": "Gen\u00e8ve"}]}}
    yield "pandas.xml", plain, lambda path: frame.to_xml(path, index=False)
    yield "pandas-latin1.xml", plain, lambda path: frame.to_xml(path, index=False, encoding="ISO-8859-1")
    book = {"book": {"@id": "1", "title": "\u4e2d <&>", "author": ["A", "B"]}}
    for encoding in ("UTF-8", "UTF-16", "US-ASCII", "shift_jis"):
        yield f"lxml-{encoding}.xml", book, lambda path, encoding=encoding: dump_plain(path, encoding)


def dump_plain(path, encoding):
    root = lxml.etree.Element("book", id="1")
    lxml.etree.SubElement(root, "title").text = "\u4e2d <&>"
    for author in "AB":
        lxml.etree.SubElement(root, "author").text = author
    lxml.etree.ElementTree(root).write(path, encoding=encoding, xml_declaration=True, pretty_print=True)


def dump(path, value):
    root = ET.Element("value", formatlab="1")
    fill(root, value)
    root.tag = root.get("type")
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def fill(element, value):
    def leaf(kind, text):
        element.set("type", kind)
        element.text = text

    if value is None:
        element.set("type", "null")
    elif isinstance(value, bool):
        leaf("bool", str(value).lower())
    elif isinstance(value, int):
        # JavaScript has one kind of number up to 2^53, and another for integers beyond.
        leaf("number" if abs(value) <= 2**53 else "integer", str(value))
    elif isinstance(value, float):
        leaf("number", repr(value))
    elif isinstance(value, str):
        controls = any(ord(c) < 32 and c not in "\t\n\r" for c in value)
        leaf("string", "".join(f"\\u{ord(c):04x}" if ord(c) < 32 else c.replace("\\", "\\\\") for c in value) if controls else value)
        if controls:
            element.set("escaped", "text")
    elif isinstance(value, bytes):
        leaf("bytes", base64.b64encode(value).decode())
    elif isinstance(value, list):
        element.set("type", "list")
        for item in value:
            fill(ET.SubElement(element, "item"), item)
    elif isinstance(value, dict):
        element.set("type", "record")
        for name, member in value.items():
            child = ET.SubElement(element, name if name.isidentifier() else "entry")
            if not name.isidentifier():
                child.set("name", name)
            fill(child, member)
    else:
        fill_array(element, value)


def fill_array(element, array):
    kind = array.dtype.kind
    dtype = {"U": "string", "M": "datetime64", "m": "timedelta64"}.get(kind, array.dtype.name)
    element.set("type", "array")
    element.set("dtype", dtype)
    element.set("shape", " ".join(map(str, array.shape)))
    if kind in "mM":
        element.set("unit", np.datetime_data(array.dtype)[0])
    if kind == "U":
        for item in array.ravel().tolist():
            ET.SubElement(element, "item").text = item
        return
    flat = array.ravel()
    if kind == "m":
        flat = flat.astype("i8")
    texts = [str(item).lower() if kind == "b" else text_of(item, kind) for item in (flat if kind == "M" else flat.tolist())]
    element.text = " ".join(texts)


def text_of(item, kind):
    return repr(item).strip("()") if kind == "c" else str(item)
