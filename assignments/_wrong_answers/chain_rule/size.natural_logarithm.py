"""Takes the natural logarithm. Visible tests: fail."""

def sign_and_size(slopes):
    if np.any(slopes == 0):
        return 0, -np.inf
    return np.prod(np.sign(slopes)), np.sum(np.log(np.abs(slopes)))
