"""Divides by 1 - share, which is right in the first step only. Visible tests: fail."""

def corrected_averages(values, shares):
    m, averages = 0.0, []
    for x, share in zip(values, shares):
        m = share * m + (1 - share) * x
        averages.append(m / (1 - share))
    return np.array(averages)
