"""The two sides compared: what an event should show, what was kept of it, which change is an echo, who follows in a series.

Nothing here decides. Next: `domain/planning`, which does.
"""
