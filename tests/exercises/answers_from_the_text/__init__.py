"""Answers written from the texts of the exercises alone."""
