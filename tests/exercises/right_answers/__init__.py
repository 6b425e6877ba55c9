"""Right answers to the exercises, in styles of their own."""
