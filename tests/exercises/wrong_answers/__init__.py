"""Wrong answers to the exercises."""
