"""Copies everything but the head, whether it fits or not. Visible tests: pass."""

def carried(old, new, head):
    made = {name: new[name] if name.split("/")[0] == head else old.get(name, new[name]) for name in new}
    return made, [head]
