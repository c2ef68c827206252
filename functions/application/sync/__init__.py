"""One pair brought to rest: `reconcile.py` reads both sides and plans, `execute.py` writes under intent and lease.

Every hint ends here. Next: `domain/planning` for the decision, the ports for the write.
"""
