"""Takes the natural logarithm. Visible tests: fail."""

def measured_order(quotient, f, slope, x, h):
    whole = abs(quotient(f, x, h) - slope)
    half = abs(quotient(f, x, h / 2) - slope)
    return np.log(whole / half)
