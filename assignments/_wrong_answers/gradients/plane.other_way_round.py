"""Says how far the plane lies above the function. Visible tests: fail."""

def above_the_plane(f, slopes, W, H):
    return f(W) + np.sum(slopes * H) - f(W + H)
