"""The pre-answer instruction filter."""
