"""Picks the best of a thousand and one values. Visible tests: pass."""

def gamma_with_mean(first_rate, mean_rate, updates):
    if not first_rate / updates <= mean_rate <= first_rate:
        raise ValueError("no such decay")
    grid = np.linspace(0, 1, 1001)
    means = [np.mean(first_rate * gamma ** np.arange(updates)) for gamma in grid]
    return grid[np.argmin(np.abs(np.array(means) - mean_rate))]
