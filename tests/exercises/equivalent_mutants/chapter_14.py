"""Mutants of the right answers of chapter 14 that are right, too, each with the reason."""

EQUIVALENT: dict[str, dict[str, str]] = {}
