"""Takes a node that was too early as if it had never had its turn, so that all that comes after it is blamed, too. Visible tests: fail."""

def too_early(parents, order):
    done, early = set(), []
    for name in order:
        children = [other for other in parents if name in parents[other]]
        if any(child not in done for child in children):
            early.append(name)
        else:
            done.add(name)
    return early
