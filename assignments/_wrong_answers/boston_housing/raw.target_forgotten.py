"""Forgets that the target was standardized, too. Visible tests: fail."""

def raw_model(w, b, mean, std, target_mean, target_std):
    weights = w / std
    return weights, b - mean @ weights
