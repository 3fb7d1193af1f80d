"""The sentence model of the filter: declared features, windows of units, weights."""
