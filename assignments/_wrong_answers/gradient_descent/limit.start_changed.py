"""Moves the start itself, so that all rows are the last place. Visible tests: fail."""

def descend_with_limit(slopes_at, start, rate, longest, steps):
    path = [start]
    for _ in range(steps):
        move = -rate * slopes_at(start)
        length = np.linalg.norm(move)
        if length > longest:
            move = move * longest / length
        start += move
        path.append(start)
    return np.array(path)
