"""A person's review of findings: decisions, rules, and the file that they stand in."""
