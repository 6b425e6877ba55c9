"""Of several that are equal takes the largest rate. Visible tests: pass."""

def search(run, start, factor, most):
    def tried(k):
        right = run(start * factor**k)
        return -1 if np.isnan(right) else right

    right = {k: tried(k) for k in (-1, 0, 1)}
    while True:
        best = max(right, key=lambda k: (right[k], k))
        beyond = [k for k in (best - 1, best + 1) if k not in right]
        if not beyond or len(right) >= most:
            return [start * factor**k for k in sorted(right)], start * factor**best
        right[beyond[0]] = tried(beyond[0])
