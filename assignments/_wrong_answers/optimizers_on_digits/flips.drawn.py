"""Draws random signs. Visible tests: fail."""

def sign_flips(d):
    signs = np.random.default_rng(0).choice([-1, 1], size=(10_000, len(d)))
    return np.mean(abs(signs @ np.asarray(d)) >= abs(sum(d)))
