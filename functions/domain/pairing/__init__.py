"""A booking and its event as a pair: the link, its states, the writes and other steps, and every transition.

Values, and in `lifecycle.py` what the result of each step makes of a link. Next: `domain/planning`, which chooses the step.
"""
