"""Limits the gradient and not the move, so that the rate shortens it once more. Visible tests: fail."""

def descend_with_limit(slopes_at, start, rate, longest, steps):
    path = [start]
    for _ in range(steps):
        slopes = slopes_at(path[-1])
        length = np.linalg.norm(slopes)
        if length > longest:
            slopes = slopes * longest / length
        path.append(path[-1] - rate * slopes)
    return np.array(path)
