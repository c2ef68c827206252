"""Brings one pair to rest: `reconcile.py` reads both sides and plans, `execute.py` writes under intent and lease.

Every hint ends here. Next: `domain/planning` decides, the ports write.
"""
