"""Takes the rows of the first matrix for the units. Visible tests: fail."""

def twins(W, b, V):
    groups = {}
    for j in range(len(W)):
        groups.setdefault((*W[j], b[j], *V[j]), []).append(j)
    return [group for group in groups.values() if len(group) > 1]
