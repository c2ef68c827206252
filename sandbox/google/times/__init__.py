"""When does something happen? Times as Google writes them, and series."""
