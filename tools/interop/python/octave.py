"""GNU Octave as a second judge of MAT files, where it is installed: what it reads is compared with what SciPy reads."""

import functools
import pathlib
import shutil
import subprocess
import tempfile

import numpy as np
import scipy.io

# A line a leaf: its place, size, and the bytes of its real and imaginary part in column-major order.
SHOW = """
1;
function show(name, v)
  if isstruct(v)
    for i = 1:numel(v)
      for f = fieldnames(v)'
        show(sprintf('%s(%d).%s', name, i, f{1}), v(i).(f{1}));
      end
    end
  elseif iscell(v)
    for i = 1:numel(v)
      show(sprintf('%s{%d}', name, i), v{i});
    end
  else
    if issparse(v)
      v = full(v);
    end
    if ischar(v) || islogical(v)
      v = uint8(v);
    end
    printf('%s|%s|%s|%s\\n', name, sprintf('%d ', size(v)), hex(real(v)), hex(imag(v)));
  end
end
function text = hex(v)
  text = sprintf('%02x', typecast(v(:), 'uint8'));
end
"""


@functools.cache
def version():
    """Undefined where there is no Octave."""
    program = shutil.which("octave-cli")
    return program and run("printf('%s', OCTAVE_VERSION);")


def run(script):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "script.m"
        file.write_text(script, encoding="utf-8")
        command = ["octave-cli", "--no-init-file", "--norc", "--no-window-system", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"Octave: {done.stderr.strip()[:300]}")
    return done.stdout


def check(path):
    """@raise AssertionError where Octave finds other values than SciPy"""
    output = run(f"{SHOW}\ns = load('{path}');\nfor f = fieldnames(s)'\n  show(f{{1}}, s.(f{{1}}));\nend\n")
    found = dict(line.split("|", 1) for line in output.splitlines())
    wanted = {}
    plain = scipy.io.loadmat(path, chars_as_strings=False)
    for name, value in scipy.io.loadmat(path, mat_dtype=True, chars_as_strings=False).items():
        if not name.startswith("__"):
            # With `mat_dtype` SciPy drops the imaginary part.
            describe(name, plain[name] if plain[name].dtype.kind == "c" else value, wanted)
    assert found.keys() == wanted.keys(), f"Octave reads {sorted(found)[:8]}, SciPy {sorted(wanted)[:8]}"
    for name, text in wanted.items():
        assert text is None or found[name] == text, f"Octave reads {name} as {found[name][:80]}, SciPy as {text[:80]}"


def describe(name, value, into):
    if value is None:
        # A struct without fields.
        return
    if scipy.sparse.issparse(value):
        value = value.toarray()
    if value.dtype.names is not None:
        for i, record in enumerate(value.ravel(order="F"), 1):
            for field in value.dtype.names:
                describe(f"{name}({i}).{field}", record[field], into)
        return
    if value.dtype == object:
        for i, item in enumerate(value.ravel(order="F"), 1):
            describe(f"{name}{{{i}}}", item, into)
        return
    if value.dtype.kind == "U":
        codes = [ord(cell) if cell else 32 for cell in value.ravel(order="F").tolist()]
        # Octave holds text in UTF-8, so that beyond ASCII sizes differ.
        into[name] = None if any(code > 127 for code in codes) else line(value.shape, bytes(codes).hex(), bytes(len(codes)).hex())
        return
    if value.dtype.kind == "b":
        value = value.astype("u1")
    real, imaginary = np.ascontiguousarray(value.ravel(order="F").real), np.ascontiguousarray(value.ravel(order="F").imag)
    into[name] = line(value.shape, real.tobytes().hex(), imaginary.tobytes().hex())


def line(shape, real, imaginary):
    return f"{''.join(f'{length} ' for length in shape)}|{real}|{imaginary}"


def samples():
    """Files that Octave writes, and what they hold."""
    script = """
grid = reshape(0:5, 2, 3) / 3; cube = reshape(0:23, 2, 3, 4); edges = [NaN Inf -Inf -0 realmin];
narrow = single([1.5 NaN]); small = int8([-128 127]); wide = [intmin('int64') intmax('int64')];
huge = intmax('uint64'); flags = [true false]; z = [1+2i 3-4i]; word = 'text'; empty = zeros(0, 3);
run.temps = [1 2; 3 4]; run.name = 'deep'; run.inner.x = uint8(7);
"""
    expected = {
        "grid": np.arange(6.0).reshape(3, 2).T / 3,
        "cube": np.arange(24.0).reshape(4, 3, 2).transpose(2, 1, 0),
        "edges": np.array([[np.nan, np.inf, -np.inf, -0.0, 2.2250738585072014e-308]]),
        "narrow": np.array([[1.5, np.nan]], dtype="f4"),
        "small": np.array([[-128, 127]], dtype="i1"),
        "wide": np.array([[-(2**63), 2**63 - 1]]),
        "huge": np.array([[2**64 - 1]], dtype="u8"),
        "flags": np.array([[True, False]]),
        "z": np.array([[1 + 2j, 3 - 4j]]),
        "word": "text",
        "empty": np.zeros((0, 3)),
        "run": {"temps": np.array([[1.0, 2.0], [3.0, 4.0]]), "name": "deep", "inner": {"x": np.array([[7]], dtype="u1")}},
    }
    for name, flag in {"octave-v6.mat": "-v6", "octave-v7.mat": "-v7"}.items():
        yield name, expected, lambda path, flag=flag: run(f"{script}save('{flag}', '{path}');")
