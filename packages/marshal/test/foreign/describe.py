"""An exact description of a Python value as JSON; runs on Python 2.7 and 3."""
import struct
import sys

PYTHON2 = sys.version_info[0] == 2
if PYTHON2:
    text_type, int_types = unicode, (int, long)  # noqa: F821
else:
    text_type, int_types = str, (int,)
CODE_FIELDS = "argcount posonlyargcount kwonlyargcount stacksize flags firstlineno filename name qualname names consts code".split()


def describe(value, seen=None):
    seen = {} if seen is None else seen
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int_types):
        return value if abs(value) < 2**53 else {"$bigint": str(value)}
    if isinstance(value, float):
        return {"$float": bits(value)}
    if isinstance(value, complex):
        return {"$complex": [bits(value.real), bits(value.imag)]}
    if isinstance(value, text_type):
        return {"$text": [ord(unit) for unit in utf16(value)]}
    if isinstance(value, bytes):
        return {"$bytes": hexed(value)}
    if value is Ellipsis:
        return {"$ellipsis": True}
    if value is StopIteration:
        return {"$stop": True}
    if value == ():
        return {"$tuple": []}  # one object in all of Python
    if id(value) in seen:
        return {"$ref": seen[id(value)]}
    if isinstance(value, (set, frozenset)):
        return {"$frozenset" if isinstance(value, frozenset) else "$set": sorted((describe(item, {}) for item in value), key=repr)}
    seen[id(value)] = len(seen)
    if isinstance(value, tuple):
        return {"$tuple": [describe(item, seen) for item in value]}
    if isinstance(value, list):
        return [describe(item, seen) for item in value]
    if isinstance(value, dict):
        return {"$dict": [[describe(key, seen), describe(item, seen)] for key, item in value.items()]}
    if isinstance(value, slice):
        return {"$slice": [describe(part, seen) for part in (value.start, value.stop, value.step)]}
    return {"$code": {name: field(name, getattr(value, "co_" + name)) for name in CODE_FIELDS if hasattr(value, "co_" + name)}}


def field(name, value):
    if name == "code":
        return hexed(value)
    if name == "consts":
        return len(value)
    return list(value) if isinstance(value, tuple) else value


def utf16(text):
    # Surrogates stay what they are.
    units = []
    for letter in text:
        point = ord(letter)
        units += [letter] if point < 0x10000 else [chr16(0xD800 + ((point - 0x10000) >> 10)), chr16(0xDC00 + ((point - 0x10000) & 0x3FF))]
    return units


def chr16(point):
    return unichr(point) if PYTHON2 else chr(point)  # noqa: F821


def bits(value):
    return hexed(struct.pack(">d", value))


def hexed(value):
    return "".join("%02x" % byte for byte in bytearray(value))
