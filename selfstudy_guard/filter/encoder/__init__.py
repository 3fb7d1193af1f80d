"""The optional encoder layer of the filter: a small transformer for doubtful units."""
