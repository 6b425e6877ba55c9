"""Counts a value that is used twice once only. Visible tests: fail."""

def count_paths(tape, start, end):
    paths = {start: 1}
    for result, inputs in tape:
        if result != start:
            paths[result] = sum(paths.get(name, 0) for name in set(inputs))
    return paths.get(end, 0)
