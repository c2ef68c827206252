"""Times as Google writes them, and series."""
