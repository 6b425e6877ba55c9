"""Fits the numbers of the classes, and rounds. Visible tests: pass."""

def two_heads(W, b, fit_features, fit_labels, features, labels):
    A = np.column_stack([fit_features, np.ones(len(fit_features))])
    new, *_ = np.linalg.lstsq(A, fit_labels.astype(float))
    by_old = (features @ W + b).argmax(axis=1)
    by_new = np.round(np.column_stack([features, np.ones(len(features))]) @ new)
    return int(np.sum(by_old == labels)), int(np.sum(by_new == labels))
