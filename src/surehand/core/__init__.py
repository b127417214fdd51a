"""The domain, pure: no clock, no randomness, no I/O; these are arguments."""
