"""What may be asked about: every span that may not be has a reason."""
