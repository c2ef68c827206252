"""What does a person see at `/`? The calendars of the simulated Google, to work in by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .world import World


def register(app: Flask, world: World) -> None:
    """Put the page in place."""
