"""Moves the weights that it was given. Visible tests: pass."""

def above_the_plane(f, slopes, W, H):
    plane = f(W) + np.sum(slopes * H)
    W += H
    return f(W) - plane
