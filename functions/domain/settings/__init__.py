"""What an administrator sets: settings and their faults, templates, the dialect, the whole integration.

Next: `domain/planning`, which decides by them.
"""
