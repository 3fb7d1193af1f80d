"""Which parts of the documents the questions really draw on: attribution, tracker, statistics, report."""
