"""Generates training rows for the instruction filter from our own templates; see README.md."""
