"""Multiplies first, and takes the logarithm of what is left. Visible tests: fail."""

def sign_and_size(slopes):
    product = np.prod(slopes)
    if product == 0:
        return 0, -np.inf
    return np.sign(product), np.log10(abs(product))
