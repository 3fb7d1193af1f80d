"""Long runs that try to break things: fuzzing, soak, kill and resume."""
