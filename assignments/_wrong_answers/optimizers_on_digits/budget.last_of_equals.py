"""Of equals takes the one that stands last. Visible tests: pass."""

def after(validation, test, budget):
    trials, order = len(validation), np.argsort(validation, kind="stable")
    chance = np.array([comb(k, budget - 1) / comb(trials, budget) for k in range(trials)])
    return chance @ validation[order], chance @ test[order]
