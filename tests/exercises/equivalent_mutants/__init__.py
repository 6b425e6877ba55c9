"""Mutants of the references that are right."""
