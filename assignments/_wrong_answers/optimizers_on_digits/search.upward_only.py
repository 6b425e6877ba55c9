"""Looks for larger rates only. Visible tests: pass."""

def search(run, start, factor, most):
    right = {k: np.nan_to_num(run(start * factor**k), nan=-1) for k in (-1, 0, 1)}
    while True:
        best = max(sorted(right), key=lambda k: right[k])
        if best + 1 in right or len(right) >= most:
            return [start * factor**k for k in sorted(right)], start * factor**best
        right[best + 1] = np.nan_to_num(run(start * factor ** (best + 1)), nan=-1)
