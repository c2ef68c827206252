"""A booking and its event as a pair: the link, its states, the writes and other steps, and every transition.

`lifecycle.py` says what the result of a step makes of a link. Next: `domain/planning`, which chooses the step.
"""
