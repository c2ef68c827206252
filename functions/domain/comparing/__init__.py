"""Compares the two sides: what an event should show, what the other side kept of it, echoes, series.

Decides nothing. Next: `domain/planning`, which does.
"""
