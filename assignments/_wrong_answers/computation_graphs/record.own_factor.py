"""In a product each factor gets its own value as slope. Visible tests: fail."""

def record(steps, inputs):
    values, records = dict(inputs), []
    for result, operation, *names in steps:
        used = [values[name] for name in names]
        if operation == "+":
            values[result], slopes = used[0] + used[1], [1.0, 1.0]
        elif operation == "-":
            values[result], slopes = used[0] - used[1], [1.0, -1.0]
        elif operation == "*":
            values[result], slopes = used[0] * used[1], used
        elif operation == "abs":
            values[result], slopes = abs(used[0]), [np.sign(used[0])]
        else:
            raise ValueError(operation)
        records.append((result, list(zip(names, slopes))))
    return values, records
