"""Runs all rates again for each new one. Visible tests: pass."""

def search(run, start, factor, most):
    ks = [-1, 0, 1]
    while True:
        right = [run(start * factor**k) for k in ks]
        best = int(np.argmax([-1 if np.isnan(r) else r for r in right]))
        if len(ks) >= most or 0 < best < len(ks) - 1:
            return [start * factor**k for k in ks], start * factor ** ks[best]
        ks = [ks[0] - 1, *ks] if best == 0 else [*ks, ks[-1] + 1]
