"""Counts ways to draw all of the budget from the trials behind. Visible tests: fail."""

def after(validation, test, budget):
    trials, order = len(validation), np.argsort(-validation, kind="stable")
    chance = np.array([comb(trials - 1 - k, budget) / comb(trials, budget) for k in range(trials)])
    return chance @ validation[order], chance @ test[order]
