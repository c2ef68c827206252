"""The decision: takes a link and both sides, returns the next step, and says what a step's result makes of the link.

Start at `plan.py`. Next: `application/sync`, which carries out the step.
"""
