"""Looks for the decay whose first and last rate have this mean. Visible tests: pass."""

def gamma_with_mean(first_rate, mean_rate, updates):
    if not first_rate / updates <= mean_rate <= first_rate:
        raise ValueError("no such decay")
    last = max(2 * mean_rate - first_rate, 0.0)
    return (last / first_rate) ** (1 / (updates - 1))
