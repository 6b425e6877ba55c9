"""Leaves the means of the features out of the intercept. Visible tests: fail."""

def raw_model(w, b, mean, std, target_mean, target_std):
    return target_std * w / std, target_mean + target_std * b
