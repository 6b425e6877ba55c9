"""Adds up within the first of the arrays that it was given. Visible tests: pass."""

def combined_gradient(gradients, sizes):
    if sum(sizes) == 0:
        raise ValueError("there are no samples")
    kept = [(g, size) for g, size in zip(gradients, sizes) if size > 0]
    total = kept[0][0]
    total *= kept[0][1]
    for g, size in kept[1:]:
        total += size * g
    return total / sum(sizes)
