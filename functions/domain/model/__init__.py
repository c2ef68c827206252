"""The values used everywhere: booking, event, appointment, snapshot, notices, errors.

Frozen dataclasses and what follows from their fields. Nothing here decides. Next: `domain/pairing`.
"""
