"""The fall reaches 0 in the last update already. Visible tests: fail."""

def trapezoid(t, top, warm, fall, total):
    t = np.asarray(t)
    return top * np.clip(np.minimum((t + 1) / warm, (total - 1 - t) / fall), 0, 1)
