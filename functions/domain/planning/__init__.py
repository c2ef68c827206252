"""The decision: takes a link and both sides, and returns the next step.

Start at `plan.py`. Next: `application/sync`, which carries out the step.
"""
