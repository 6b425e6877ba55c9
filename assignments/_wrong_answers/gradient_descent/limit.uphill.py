"""Goes along the gradient and not against it. Visible tests: fail."""

def descend_with_limit(slopes_at, start, rate, longest, steps):
    path = [start]
    for _ in range(steps):
        move = rate * slopes_at(path[-1])
        length = np.linalg.norm(move)
        if length > longest:
            move = move * longest / length
        path.append(path[-1] + move)
    return np.array(path)
