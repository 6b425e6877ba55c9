"""Leaves zeros out, as if these links were not there. Visible tests: pass."""

def sign_and_size(slopes):
    slopes = slopes[slopes != 0]
    return np.prod(np.sign(slopes)), np.sum(np.log10(np.abs(slopes)))
