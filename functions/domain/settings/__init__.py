"""What an administrator sets: the settings with their faults, templates, the dialect, the integration as a whole.

Next: `domain/planning`, which decides by them.
"""
