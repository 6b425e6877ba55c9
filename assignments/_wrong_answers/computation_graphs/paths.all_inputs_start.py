"""Counts the paths from all inputs of the tape. Visible tests: pass."""

def count_paths(tape, start, end):
    paths = {}
    for result, inputs in tape:
        paths[result] = sum(paths.get(name, 1) for name in inputs)
    return paths.get(end, 1)
