"""Cuts each entry by itself, which changes the direction. Visible tests: pass."""

def descend_with_limit(slopes_at, start, rate, longest, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - np.clip(rate * slopes_at(path[-1]), -longest, longest))
    return np.array(path)
