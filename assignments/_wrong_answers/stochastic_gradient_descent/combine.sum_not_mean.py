"""Adds up, and forgets to divide. Visible tests: fail."""

def combined_gradient(gradients, sizes):
    if sum(sizes) == 0:
        raise ValueError("there are no samples")
    return sum(size * g for g, size in zip(gradients, sizes) if size > 0)
