"""Multiplies by the spread of the features, where it has to be divided by it. Visible tests: fail."""

def raw_model(w, b, mean, std, target_mean, target_std):
    weights = target_std * w * std
    return weights, target_mean + target_std * b - mean @ weights
