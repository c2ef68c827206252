"""The decision: a link and both sides in, the next step out; and what a step makes of the link.

Begin at `plan.py`. Next: `application/sync`, which carries a step out.
"""
