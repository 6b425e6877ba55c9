"""Takes tiny slopes for zeros. Visible tests: pass."""

def sign_and_size(slopes):
    if np.any(np.abs(slopes) < 1e-100):
        return 0, -np.inf
    return np.prod(np.sign(slopes)), np.sum(np.log10(np.abs(slopes)))
