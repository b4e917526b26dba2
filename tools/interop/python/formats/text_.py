import numpy as np

import common_samples as common


def versions():
    return {"numpy": np.__version__}


def read(path, expected):
    if expected["dtype"] == "string":
        with open(path, encoding="utf-8") as file:
            return np.array(file.read().split("\n")[:-1], dtype=object)
    dtype = {"int64": "i8", "float64": "f8", "complex128": "c16"}[expected["dtype"]]
    if 0 in expected["shape"]:
        with open(path, encoding="utf-8") as file:
            assert file.read() == ""
        return np.zeros(expected["shape"], dtype)
    return np.loadtxt(path, dtype=dtype, ndmin=len(expected["shape"]))


def samples():
    arrays = common.arrays()
    numbers = {
        "float64": arrays["float64"],
        "complex128": arrays["complex128"],
        "cells": np.array([[0.1, -0.0, 5e-324], [1.7976931348623157e308, np.nan, -np.inf]]),
        "random": np.random.default_rng(1).standard_normal((50, 7)) * 10.0 ** np.arange(-3, 4),
        "complex-rows": np.array([[1 + 2j, 3 - 4j], [complex(-0.0, -1), complex(np.inf, 0.5)]]),
    }
    for name, array in numbers.items():
        yield f"{name}.txt", array, lambda path, array=array: np.savetxt(path, array)
        yield f"{name}-17g.dat", array, lambda path, array=array: np.savetxt(path, array, fmt="%.17g", header="a header\nof two lines", footer="end")
    integers = np.array([[2**63 - 1, -(2**63), 2**53 + 1], [0, 1, -1]])
    yield "integers.txt", integers, lambda path: np.savetxt(path, integers, fmt="%d")
    yield "integers-wide.txt", integers, lambda path: np.savetxt(path, integers, fmt="%22d", newline="\r\n")
    column = np.arange(5)
    yield "column.txt", column, lambda path: np.savetxt(path, column, fmt="%i")
