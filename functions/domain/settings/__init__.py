"""What an administrator sets: settings with their faults, templates, the dialect, the whole integration.

Next: `domain/planning`, which uses them to decide.
"""
