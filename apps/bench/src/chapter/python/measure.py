"""What the five programs share: medians of times, and the results as JSON."""

import hashlib
import json
import os
import statistics
import sys
import time


def timed(work, repeats):
    """The median time in ms, and what the last call gave."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), found


def row(job, facts, path=None, write_ms=None, read_ms=None, one_ms=None):
    size = None if path is None else os.path.getsize(path)
    return {'job': job, 'facts': facts, 'bytes': size, 'writeMs': write_ms, 'readMs': read_ms, 'oneMs': one_ms}


def digest(arrays):
    """A hash of the shapes and bits of arrays."""
    state = hashlib.sha256()
    for array in arrays:
        state.update(json.dumps(list(array.shape), separators=(',', ':')).encode())
        state.update(array.astype('<f8').tobytes())
    return state.hexdigest()


def fresh(path):
    if os.path.exists(path):
        os.remove(path)
    return path


def run(jobs):
    """Each job gives rows; a library that is not there takes only its own rows with it."""
    rows = []
    for job in jobs:
        try:
            rows.extend(job())
        except ImportError as error:
            rows.append({'job': job.__name__, 'absent': str(error)})
    json.dump(rows, sys.stdout)
