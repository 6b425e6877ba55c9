"""Uses the matrix product, which is the dot product for vectors only. Visible tests: pass."""

def above_the_plane(f, slopes, W, H):
    return f(W + H) - f(W) - slopes @ H
