"""Returns zeros where there are no samples. Visible tests: pass."""

def combined_gradient(gradients, sizes):
    total = np.zeros(gradients[0].shape)
    for g, size in zip(gradients, sizes):
        if size > 0:
            total += size * g
    return total / max(sum(sizes), 1)
