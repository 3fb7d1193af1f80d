"""Which targets a question, and its answer, draw on."""
