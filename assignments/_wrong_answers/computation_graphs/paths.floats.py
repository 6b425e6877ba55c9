"""Counts with floats, which have 16 digits. Visible tests: fail."""

def count_paths(tape, start, end):
    paths = {start: 1.0}
    for result, inputs in tape:
        if result != start:
            paths[result] = sum(paths.get(name, 0.0) for name in inputs)
    return paths.get(end, 0.0)
