"""Returns pairs, so that three equal units make three groups. Visible tests: pass."""

def twins(W, b, V):
    units = [(*W[:, j], b[j], *V[j]) for j in range(len(b))]
    return [[j, k] for j in range(len(b)) for k in range(j + 1, len(b)) if units[j] == units[k]]
