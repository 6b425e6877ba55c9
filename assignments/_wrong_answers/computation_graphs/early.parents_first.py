"""Asks for the parents of a node, as a forward pass would. Visible tests: fail."""

def too_early(parents, order):
    done, early = set(), []
    for name in order:
        if any(parent not in done for parent in parents[name]):
            early.append(name)
        done.add(name)
    return early
