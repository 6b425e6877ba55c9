"""The errors keep their signs, so where they differ there is no logarithm. Visible tests: pass."""

def measured_order(quotient, f, slope, x, h):
    whole = quotient(f, x, h) - slope
    half = quotient(f, x, h / 2) - slope
    return np.log2(whole / half)
