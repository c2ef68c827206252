"""The values used everywhere: booking, event, appointment, link, snapshot, errors.

Frozen dataclasses and what follows from their fields. Nothing here decides. Next: `domain/settings`.
"""
