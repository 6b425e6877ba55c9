"""Mutants of the solutions of problem sets that are right, each with the reason.

Named as the test that tries them prints them: the changed lines before and after.
"""

EQUIVALENT = {
    "boston_housing": {
        (
            "return (weights, target_mean + target_std * b - mean @ weights) -> return "
            "(weights, target_mean + target_std * b - weights @ mean)"
        ): "of two vectors the product @ does not ask for the order",
        (
            "residual = np.where(target == ceiling, np.minimum(residual, 0), residual) -> "
            "residual = np.where(target == ceiling, np.minimum(0, residual), residual)"
        ): "the smaller of two numbers does not depend on their order",
        (
            "squares = sums[-1, -1] - theta @ sums[:-1, -1] -> squares = sums[-1, -1] - "
            "sums[:-1, -1] @ theta"
        ): "of two vectors the product @ does not ask for the order",
        " -> ": "the index is -1 in both places, so nothing has changed",
        (
            "theta = np.linalg.solve(sums[:-1, :-1], sums[:-1, -1]) -> theta = "
            "np.linalg.solve(sums[:-1, :-1], sums[-1, :-1])"
        ): "the table of sums is symmetric: its last row is its last column",
        (
            "squares = sums[-1, -1] - theta @ sums[:-1, -1] -> squares = sums[-1, -1] - "
            "theta @ sums[-1, :-1]"
        ): "the table of sums is symmetric: its last row is its last column",
        (
            "residual = A @ np.linalg.lstsq(A, column)[0] - column -> residual = column - A "
            "@ np.linalg.lstsq(A, column)[0]"
        ): "only the size of the residuals counts",
        (
            "if np.sqrt(np.mean(residual ** 2)) <= 1e-08: -> if np.sqrt(np.mean(residual ** "
            "2)) < 1e-08:"
        ): "no residual is at the bar to the last bit, and a column of zeros is below it",
    },
    "chain_rule": {
        (
            "if np.any(slopes == 0):; return (0, -np.inf); sign = (-1) ** "
            "np.count_nonzero(slopes < 0) -> sign = (-1) ** np.count_nonzero(slopes < 0); if "
            "np.any(slopes == 0):; return (0, -np.inf)"
        ): "whether a slope is 0 is asked before the sign is returned",
        (
            "sign = (-1) ** np.count_nonzero(slopes < 0) -> sign = (-1) ** "
            "np.count_nonzero(slopes <= 0)"
        ): "no slope is 0 here: where one is, the function has returned",
    },
    "computation_graphs": {
        " -> ": "both are 0.0, so nothing has changed",
        "elif operation in ('+', '-', '*'): -> elif operation in ('*', '-', '+'):": (
            "one of several is found in any order"
        ),
        "a = values[names[0]] -> a = values[names[-1]]": (
            "the absolute value has one input, which is the first and the last"
        ),
        (
            "if any((child not in done for child in children)):; early.append(name); "
            "done.add(name) -> done.add(name); if any((child not in done for child in "
            "children)):; early.append(name)"
        ): "no node is computed from itself, so it does not wait for its own turn",
    },
    "derivatives": {
        "whole = abs(quotient(f, x, h) - slope) -> whole = abs(slope - quotient(f, x, h))": (
            "sizes do not see the sign"
        ),
        (
            "half = abs(quotient(f, x, h / 2) - slope) -> half = abs(slope - quotient(f, x, h / 2))"
        ): "sizes do not see the sign",
    },
    "fine_tuning": {
        (
            "; def shapes(params, layer):; return {name: p.shape for name, p in "
            "params.items() if name.split('/')[0] == layer}; made, kept = ({}, []) -> made, "
            "kept = ({}, []); ; def shapes(params, layer):; return {name: p.shape for name, "
            "p in params.items() if name.split('/')[0] == layer}"
        ): "a function that is defined one line later is there when it is called",
        (
            "made[name] = old[name] if copied else new[name]; if not copied and layer not in "
            "kept:; kept.append(layer) -> if not copied and layer not in kept:; "
            "kept.append(layer); made[name] = old[name] if copied else new[name]"
        ): "neither of the two looks at what the other writes",
        (
            "rates[name] = rate / factor ** k * min(max(share, 0), 1) -> rates[name] = rate "
            "/ factor ** k * min(1, max(share, 0))"
        ): "the smaller of two numbers does not depend on their order",
        (
            "rates[name] = rate / factor ** k * min(max(share, 0), 1) -> rates[name] = rate "
            "/ factor ** k * min(max(0, share), 1)"
        ): "the larger of two numbers does not depend on their order",
        (
            "; def with_ones(table):; return np.column_stack([table, np.ones(len(table))]); "
            "truth = np.eye(len(b))[fit_labels] -> truth = np.eye(len(b))[fit_labels]; ; def "
            "with_ones(table):; return np.column_stack([table, np.ones(len(table))])"
        ): "a function that is defined one line later is there when it is called",
        (
            "return (int(np.sum(by_old == labels)), int(np.sum(by_new == labels))) -> return "
            "(np.sum(by_old == labels), int(np.sum(by_new == labels)))"
        ): "a whole number of NumPy is a whole number",
        (
            "return (int(np.sum(by_old == labels)), int(np.sum(by_new == labels))) -> return "
            "(int(np.sum(by_old == labels)), np.sum(by_new == labels))"
        ): "a whole number of NumPy is a whole number",
    },
    "gradient_descent": {
        (
            "def end_of_walk(start, level, curvatures, rate, steps): -> def "
            "end_of_walk(start, level, rate, curvatures, steps):"
        ): "the two only occur as a product, and stand at the same places in every call",
        (
            "if np.linalg.norm(path[-1] - path[-2]) <= tolerance: -> if "
            "np.linalg.norm(path[-2] - path[-1]) <= tolerance:"
        ): "a length does not see the sign",
        (
            "if np.linalg.norm(path[-1] - path[-3]) <= tolerance: -> if "
            "np.linalg.norm(path[-3] - path[-1]) <= tolerance:"
        ): "a length does not see the sign",
        "if length > longest: -> if length >= longest:": (
            "a move as long as the limit is multiplied by 1"
        ),
    },
    "gradients": {
        "return arrow.copy() -> return arrow": (
            "what crosses the wall is a copy in any case, and nobody writes into it"
        ),
        "result = np.zeros(W.shape, dtype=bool) -> result = np.ones(W.shape, dtype=bool)": (
            "every entry is written"
        ),
        " -> ": "the two names stand for equal copies, so nothing has changed",
        (
            "if np.all(around > here):; return 'minimum'; if np.all(around < here):; return "
            "'maximum' -> if np.all(around < here):; return 'maximum'; if np.all(around > "
            "here):; return 'minimum'"
        ): "no surface is higher and lower at the same points",
        (
            "if np.all(around < here):; return 'maximum'; if np.any(around > here) and "
            "np.any(around < here):; return 'saddle' -> if np.any(around > here) and "
            "np.any(around < here):; return 'saddle'; if np.all(around < here):; return "
            "'maximum'"
        ): "where all points are lower, none is higher",
        (
            "around = np.array([f(x + r * np.cos(a), y + r * np.sin(a)) for a in angles]) -> "
            "around = np.array([f(x - r * np.cos(a), y + r * np.sin(a)) for a in angles])"
        ): "with an even number of directions the same points of the circle, in another order",
        (
            "around = np.array([f(x + r * np.cos(a), y + r * np.sin(a)) for a in angles]) -> "
            "around = np.array([f(x + r * np.cos(a), y - r * np.sin(a)) for a in angles])"
        ): "with an even number of directions the same points of the circle, in another order",
    },
    "initialization": {
        "x = np.maximum(x @ W, 0) -> x = np.maximum(0, x @ W)": (
            "the larger of two numbers does not depend on their order"
        ),
        "unit = (*W[:, j], b[j], *V[j]) -> unit = (*V[j], b[j], *W[:, j])": (
            "all units are compared in the same order of entries, whichever it is"
        ),
        "z = np.linspace(-8, 8, 4001) -> z = np.linspace(-8, 9, 4001)": (
            "beyond 7 there is next to nothing of the bell, and 1% is asked for"
        ),
        "z = np.linspace(-8, 8, 4001) -> z = np.linspace(-8, 7, 4001)": (
            "beyond 7 there is next to nothing of the bell, and 1% is asked for"
        ),
        "z = np.linspace(-8, 8, 4001) -> z = np.linspace(-8, 8, 4002)": (
            "one strip more or less in 4,000, and 1% is asked for"
        ),
        "z = np.linspace(-8, 8, 4001) -> z = np.linspace(-8, 8, 4000)": (
            "one strip more or less in 4,000, and 1% is asked for"
        ),
        "z = np.linspace(-8, 8, 4001) -> z = np.linspace(-9, 8, 4001)": (
            "beyond 7 there is next to nothing of the bell, and 1% is asked for"
        ),
        "z = np.linspace(-8, 8, 4001) -> z = np.linspace(-7, 8, 4001)": (
            "beyond 7 there is next to nothing of the bell, and 1% is asked for"
        ),
    },
    "learning_rates": {
        "t = np.asarray(t) -> pass": (
            "a number or an array is promised, and both can be computed with as they are"
        ),
        (
            "t = np.asarray(t); share = np.minimum((t + 1) / warm, (total - t) / fall) -> "
            "share = np.minimum((t + 1) / warm, (total - t) / fall); t = np.asarray(t)"
        ): "a number or an array is promised, and both can be computed with as they are",
        "t = np.asarray(t) -> t = t": (
            "a number or an array is promised, and both can be computed with as they are"
        ),
        (
            "share = np.minimum((t + 1) / warm, (total - t) / fall) -> share = "
            "np.minimum((total - t) / fall, (t + 1) / warm)"
        ): "the smaller of two numbers does not depend on their order",
        "return top * np.clip(share, 0, 1) -> return top * np.clip(0, share, 1)": (
            "0 cut off below at the share and above at 1 is the share cut off at 0 and 1"
        ),
        (
            "if not below[-1]:; return (first, None); others = np.flatnonzero(~below) -> "
            "others = np.flatnonzero(~below); if not below[-1]:; return (first, None)"
        ): "the line that goes first has no effect where the function returns",
        "first = int(np.argmax(below)) -> first = np.argmax(below)": (
            "a whole number of NumPy is a whole number"
        ),
        " -> ": "both are None, so nothing has changed",
        (
            "return (first, int(others[-1]) + 1 if len(others) else 0) -> return (first, "
            "others[-1] + 1 if len(others) else 0)"
        ): "a whole number of NumPy is a whole number",
        (
            "if not first_rate / updates <= mean_rate <= first_rate:; raise ValueError(f'no "
            "decay from {first_rate} has the mean {mean_rate}'); low, high = (0.0, 1.0) -> "
            "low, high = (0.0, 1.0); if not first_rate / updates <= mean_rate <= "
            "first_rate:; raise ValueError(f'no decay from {first_rate} has the mean "
            "{mean_rate}')"
        ): "the two bounds have no part in what is refused",
        "low, high = (0.0, 1.0) -> low, high = (-1.0, 1.0)": (
            "0 is tried first then, and is not too high: a mean below it has been refused"
        ),
        "low, high = (0.0, 1.0) -> low, high = (0.0, 2.0)": (
            "1 is tried first then, and is not too low: a mean above it has been refused"
        ),
        "for _ in range(50): -> for _ in range(51):": (
            "half the bounds once more or less, after 50 times"
        ),
        "for _ in range(50): -> for _ in range(49):": (
            "half the bounds once more or less, after 50 times"
        ),
        (
            "if np.mean(first_rate * middle ** np.arange(updates)) < mean_rate: -> if "
            "np.mean(first_rate * middle ** np.arange(updates)) <= mean_rate:"
        ): "where the mean is met to the last bit, either half has it at its end",
    },
    "normalization": {
        (
            "def fold(W, b, gain, shift, mean, variance, epsilon): -> def fold(W, b, gain, "
            "shift, mean, epsilon, variance):"
        ): "the two only occur as a sum, and stand at the same places in every call",
        (
            "between = np.sum(shares * (means - mean) ** 2, axis=0) -> between = "
            "np.sum(shares * (mean - means) ** 2, axis=0)"
        ): "a square does not see the sign",
    },
    "optimizers_on_digits": {
        (
            "d = 100 * (one.astype(float) - other); ; def error(of):; return of.std(ddof=1) "
            "/ np.sqrt(len(of)) -> ; def error(of):; return of.std(ddof=1) / "
            "np.sqrt(len(of)); d = 100 * (one.astype(float) - other)"
        ): "a function that is defined one line earlier is there when it is called",
        (
            "sums = np.append(sums + size, sums - size) -> sums = np.append(sums - size, "
            "sums + size)"
        ): "the order of the sums does not matter to their share",
        (
            "sums = np.append(sums + size, sums - size) -> sums = np.append(sums + size, "
            "size - sums)"
        ): "sizes do not see the sign, and each sum meets the next difference with both",
        (
            "right = {k: tried(k) for k in (-1, 0, 1)} -> right = {k: tried(k) for k in (1, 0, -1)}"
        ): "the places are sorted before they are used",
        (
            "return -1 if np.isnan(right) else right -> return -2 if np.isnan(right) else right"
        ): "any number below 0 is worse than all numbers of images",
        (
            "beyond = [k for k in (best - 1, best + 1) if k not in right] -> beyond = [k for "
            "k in (best + 1, best - 1) if k not in right]"
        ): "only one of the two is not tried yet, since the best is at one end",
        "right[beyond[0]] = tried(beyond[0]) -> right[beyond[-1]] = tried(beyond[0])": (
            "there is one place in the list, the first and the last"
        ),
        "right[beyond[0]] = tried(beyond[0]) -> right[beyond[0]] = tried(beyond[-1])": (
            "there is one place in the list, the first and the last"
        ),
        (
            "return (chance @ validation[order], chance @ test[order]) -> return "
            "(validation[order] @ chance, chance @ test[order])"
        ): "of two vectors the product @ does not ask for the order",
        (
            "return (chance @ validation[order], chance @ test[order]) -> return (chance @ "
            "validation[order], test[order] @ chance)"
        ): "of two vectors the product @ does not ask for the order",
    },
    "regularization": {
        (
            "framed = np.zeros((len(training), height + 2 * reach, width + 2 * reach)) -> "
            "framed = np.zeros((len(training), height + 3 * reach, width + 2 * reach))"
        ): "the frame is larger than needed, and what is added is never looked at",
        (
            "framed = np.zeros((len(training), height + 2 * reach, width + 2 * reach)) -> "
            "framed = np.zeros((len(training), height + 2 * reach, width + 3 * reach))"
        ): "the frame is larger than needed, and what is added is never looked at",
        (
            "equal = (validation[:, np.newaxis] == moved).all(axis=2).all(axis=2) -> equal = "
            "(validation[:, np.newaxis] == moved).all(axis=3).all(axis=2)"
        ): "all rows and all columns, in either order",
        (
            "if share in (0, 1):; return share; k = np.arange(images) -> k = "
            "np.arange(images); if share in (0, 1):; return share"
        ): "the line that goes first has no effect where the function returns",
        "if share in (0, 1): -> if share in (1, 0):": "one of two is found in any order",
        "if share in (0, 1): -> if share in (1, 1):": (
            "with 0 the logarithms are minus infinity, and lead to 0 all the same"
        ),
        "if share in (0, 1): -> if share in (-1, 1):": (
            "with 0 the logarithms are minus infinity, and lead to 0 all the same"
        ),
    },
    "stochastic_gradient_descent": {
        (
            "if sum(sizes) == 0:; raise ValueError('there are no samples'); total = "
            "np.zeros(gradients[0].shape) -> total = np.zeros(gradients[0].shape); if "
            "sum(sizes) == 0:; raise ValueError('there are no samples')"
        ): "the zeros have no part in what is refused",
        "total = np.zeros(gradients[0].shape) -> total = np.zeros(gradients[-1].shape)": (
            "all gradients have the same shape"
        ),
        (
            "if not 1 <= n_test < len(names):; raise ValueError(f\"can't take {n_test} of "
            '{len(names)} groups"); chosen = np.random.default_rng(seed).choice(names, '
            "n_test, replace=False) -> chosen = np.random.default_rng(seed).choice(names, "
            "n_test, replace=False); if not 1 <= n_test < len(names):; raise "
            'ValueError(f"can\'t take {n_test} of {len(names)} groups")'
        ): "`choice` itself refuses with a ValueError, or the next line does",
        (
            'raise ValueError(f"can\'t take {n_test} of {len(names)} groups") -> raise '
            'ValueError(f"can\'t take {n_test} of {names} groups")'
        ): "what an error says is not promised",
        (
            "if B1 == B2:; raise ValueError('two different batch sizes are needed'); square1 "
            "= np.mean(np.sum(first ** 2, axis=1)) -> square1 = np.mean(np.sum(first ** 2, "
            "axis=1)); if B1 == B2:; raise ValueError('two different batch sizes are needed')"
        ): "the mean squares have no part in what is refused",
    },
    "variants_of_sgd": {
        " -> ": "all four are 0.0, so nothing has changed",
        (
            "if remembers:; return 'Adam'; first, second = steps([1.0, 1.0]) -> first, "
            "second = steps([1.0, 1.0]); if remembers:; return 'Adam'"
        ): "the two steps that go first change nothing that is remembered outside of the box",
        "if np.isclose(two, 2 * one): -> if np.isclose(2 * one, two):": (
            "the two numbers are compared with a tolerance that hardly depends on their order"
        ),
        (
            "return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5), rtol=1e-05) else "
            "'RMSprop' -> return 'AdaGrad' if np.isclose(np.sqrt(0.5), second / first, "
            "rtol=1e-05) else 'RMSprop'"
        ): "the two numbers are compared with a tolerance that hardly depends on their order",
        (
            "return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5), rtol=1e-05) else "
            "'RMSprop' -> return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5)) else "
            "'RMSprop'"
        ): "1e-5 is what isclose takes by default",
        (
            "one, two = (steps([1.0])[0], steps([2.0])[0]) -> one, two = (steps([1.0])[-1], "
            "steps([2.0])[0])"
        ): "the list has one step, the first and the last",
        (
            "one, two = (steps([1.0])[0], steps([2.0])[0]) -> one, two = (steps([1.0])[0], "
            "steps([2.0])[-1])"
        ): "the list has one step, the first and the last",
        (
            "first, second, third = steps([1.0, 0.0, 0.0]) -> first, second, third = "
            "steps([2.0, 0.0, 0.0])"
        ): "the ratios of steps do not depend on the size of the first gradient",
        (
            "first, second, third = steps([1.0, 0.0, 0.0]) -> first, second, third = "
            "steps([0.5, 0.0, 0.0])"
        ): "the ratios of steps do not depend on the size of the first gradient",
        (
            "return 'Momentum' if np.isclose(second / first, third / second) else 'Nesterov' "
            "-> return 'Momentum' if np.isclose(third / second, second / first) else "
            "'Nesterov'"
        ): "the two numbers are compared with a tolerance that hardly depends on their order",
        (
            "return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5), rtol=1e-05) else "
            "'RMSprop' -> return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5), "
            "rtol=2e-05) else 'RMSprop'"
        ): "AdaGrad is far nearer than that, and RMSprop, at a share of 0.999 at most, far off",
        (
            "return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5), rtol=1e-05) else "
            "'RMSprop' -> return 'AdaGrad' if np.isclose(second / first, np.sqrt(0.5), "
            "rtol=5e-06) else 'RMSprop'"
        ): "AdaGrad is far nearer than that, and RMSprop, at a share of 0.999 at most, far off",
    },
}
