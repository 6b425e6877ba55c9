"""Fits the new last layer on the scores of the old one, which have lost what it did not look at. Visible tests: fail."""

def two_heads(W, b, fit_features, fit_labels, features, labels):
    some, scores = fit_features @ W + b, features @ W + b
    new, *_ = np.linalg.lstsq(np.column_stack([some, np.ones(len(some))]), np.eye(len(b))[fit_labels])
    by_new = (np.column_stack([scores, np.ones(len(scores))]) @ new).argmax(axis=1)
    return int(np.sum(scores.argmax(axis=1) == labels)), int(np.sum(by_new == labels))
