"""One module a format: `read(path, expected)`, `samples()` and `versions()`."""
