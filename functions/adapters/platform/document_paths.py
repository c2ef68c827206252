"""What makes a path usable in every store."""

from functions.application.ports import Path


def check(path: Path) -> None:
    """Raise `ValueError` unless collection and id come in turn, none empty, none with a slash."""
    if not path or len(path) % 2 or not all(path) or any("/" in part for part in path):
        raise ValueError("A document's path is collection and id in turn, none empty, none with a slash.")
