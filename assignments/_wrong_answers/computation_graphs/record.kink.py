"""At 0 the absolute value gets the slope 1. Visible tests: pass."""

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
        elif operation == "abs":
            values[result], slopes = abs(used[0]), [1.0 if used[0] >= 0 else -1.0]
        else:
            raise ValueError(operation)
        records.append((result, list(zip(names, slopes))))
    return values, records
