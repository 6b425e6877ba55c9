"""Draws trials that may come up more than once. Visible tests: fail."""

def after(validation, test, budget):
    trials, order = len(validation), np.argsort(-validation, kind="stable")
    behind = np.arange(trials, -1, -1) / trials
    chance = behind[:-1] ** budget - behind[1:] ** budget
    return chance @ validation[order], chance @ test[order]
