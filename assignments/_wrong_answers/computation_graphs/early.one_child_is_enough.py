"""Lets a node go as soon as one of the nodes computed from it has had its turn. Visible tests: fail."""

def too_early(parents, order):
    done, early = set(), []
    for name in order:
        children = [other for other in parents if name in parents[other]]
        if children and not any(child in done for child in children):
            early.append(name)
        done.add(name)
    return early
