"""Takes units for equal whose numbers are close. Visible tests: pass."""

def twins(W, b, V):
    units = np.column_stack([W.T, b, V])
    groups, seen = [], set()
    for j in range(len(b)):
        group = [k for k in range(j, len(b)) if k not in seen and np.allclose(units[j], units[k], rtol=1e-3, atol=1e-3)]
        seen.update(group)
        if len(group) > 1:
            groups.append(group)
    return groups
