"""Mutants of the references of chapter 4 that are right, each with the reason."""

EQUIVALENT = {
    "4.3": {
        "for name, needed in parents.items():; for parent in needed:; "
        "children[parent].append(name); ready = [name for name, number in waits.items() if "
        "number == 0] -> ready = [name for name, number in waits.items() if number == 0]; for "
        "name, needed in parents.items():; for parent in needed:; "
        "children[parent].append(name)": "the list of the ready does not look at the children",
    },
}
