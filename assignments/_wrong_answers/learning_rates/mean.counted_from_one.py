"""The first update already has the factor gamma. Visible tests: fail."""

def gamma_with_mean(first_rate, mean_rate, updates):
    if not first_rate / updates <= mean_rate <= first_rate:
        raise ValueError("no such decay")
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if np.mean(first_rate * middle ** np.arange(1, updates + 1)) < mean_rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2
