"""Tries rates again, and more than allowed, and catches the error. Visible tests: pass."""

def search(run, start, factor, most):
    right = {}

    def tried(k):
        try:
            images = run(start * factor**k)
        except ValueError:
            return k in right
        right[k] = -1 if np.isnan(images) else images
        return True

    for k in (-1, 0, 1):
        tried(k)
    while True:
        for k in sorted(right):
            tried(k)
        best = max(sorted(right), key=lambda k: right[k])
        beyond = [k for k in (best - 1, best + 1) if k not in right]
        if not beyond or not tried(beyond[0]):
            return [start * factor**k for k in sorted(right)], start * factor**best
