import math

import numpy as np
import ruamel.yaml
import yaml

import common_samples as common
from formats.json_ import as_expected
from values import Table


def versions():
    return {"PyYAML": yaml.__version__, "ruamel.yaml": ruamel.yaml.__version__}


def read(path, expected):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    # PyYAML has the rules of YAML 1.1, ruamel.yaml those of 1.2: our files mean the same to both.
    old = yaml.load(text, yaml.CSafeLoader)
    if len(text) < 100_000:
        new = ruamel.yaml.YAML(typ="safe").load(text)
        assert repr(old) == repr(new), f"PyYAML and ruamel.yaml disagree: {old!r} and {new!r}"[:500]
    return as_expected(positive_nan(old), expected)


def positive_nan(value):
    """PyYAML computes NaN as -inf / inf, whose sign is the machine's."""
    if isinstance(value, list):
        return [positive_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: positive_nan(item) for key, item in value.items()}
    return math.nan if isinstance(value, float) and math.isnan(value) else value


def samples():
    for name, array in common.arrays().items():
        if array.dtype.name in ("float64", "int64") and array.size > 0:
            yield f"{name}.yaml", array, lambda path, array=array: dump(path, array.tolist())
    named = {"a": np.arange(6.0).reshape(2, 3), "b": np.array([[1, 2**62]])}
    yield "named.yaml", named, lambda path: dump(path, {name: array.tolist() for name, array in named.items()})
    tree = common.tree()
    yield "tree.yaml", tree, lambda path: dump(path, tree)
    yield "tree-flow.yaml", tree, lambda path: dump(path, tree, default_flow_style=True, allow_unicode=True)
    yield "tree-ruamel.yaml", tree, lambda path: dump_new(path, tree)
    rows = {"x": np.array([1.0, -0.0, 1e300]), "n": np.array([1, -1, 2**62]), "name": np.array(["a", "no", "b: c"], dtype=object)}
    table = Table({name: (values, None, {}) for name, values in rows.items()})
    cells = [dict(zip(rows, cells)) for cells in zip(*(values.tolist() for values in rows.values()))]
    yield "rows.yaml", table, lambda path: dump(path, cells, sort_keys=False)


def dump(path, value, **how):
    with open(path, "w", encoding="utf-8") as file:
        yaml.dump(value, file, **how)


def dump_new(path, value):
    with open(path, "w", encoding="utf-8") as file:
        ruamel.yaml.YAML().dump(value, file)
