"""The ratio is upside down, so the order comes out negative. Visible tests: fail."""

def measured_order(quotient, f, slope, x, h):
    whole = abs(quotient(f, x, h) - slope)
    half = abs(quotient(f, x, h / 2) - slope)
    return np.log2(half / whole)
