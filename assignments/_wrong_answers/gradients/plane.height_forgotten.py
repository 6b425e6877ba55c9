"""The plane begins at height zero. Visible tests: fail."""

def above_the_plane(f, slopes, W, H):
    return f(W + H) - np.sum(slopes * H)
