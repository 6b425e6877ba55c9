"""Forgives predictions below the ceiling, and not those above. Visible tests: fail."""

def ceiling_loss(prediction, target, ceiling):
    residual = prediction - target
    residual = np.where(target == ceiling, np.maximum(residual, 0), residual)
    return np.mean(residual**2), 2 * residual / len(residual)
