"""The values everything else speaks of: booking, event, appointment, link, snapshot, errors.

Frozen dataclasses and what follows from them alone. Nothing here decides. Next: `domain/settings`.
"""
