"""Takes the setting with the highest mean. Visible tests: fail."""

def simplest(decays, scores):
    return decays[np.argmax(scores.mean(axis=1))]
