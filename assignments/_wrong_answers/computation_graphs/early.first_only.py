"""Stops at the first one. Visible tests: pass."""

def too_early(parents, order):
    done = set()
    for name in order:
        children = [other for other in parents if name in parents[other]]
        if any(child not in done for child in children):
            return [name]
        done.add(name)
    return []
