"""Takes a run that has diverged for the best, as np.argmax does. Visible tests: pass."""

def search(run, start, factor, most):
    ks = [-1, 0, 1]
    right = [run(start * factor**k) for k in ks]
    while True:
        best = int(np.argmax(right))
        if len(ks) >= most or 0 < best < len(ks) - 1:
            return [start * factor**k for k in ks], start * factor ** ks[best]
        if best == 0:
            ks, right = [ks[0] - 1, *ks], [run(start * factor ** (ks[0] - 1)), *right]
        else:
            ks, right = [*ks, ks[-1] + 1], [*right, run(start * factor ** (ks[-1] + 1))]
