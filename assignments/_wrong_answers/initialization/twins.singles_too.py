"""Returns units without a twin as well. Visible tests: fail."""

def twins(W, b, V):
    groups = {}
    for j in range(len(b)):
        groups.setdefault((*W[:, j], b[j], *V[j]), []).append(j)
    return list(groups.values())
