"""The compiled requirement files: what they hold, what changed in them, and that they can still be installed in a year."""
