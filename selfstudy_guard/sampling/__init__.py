"""Which spans may be asked about, and in which order."""
