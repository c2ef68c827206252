"""The object that a person names in an event, such as `#Baan 3`, if several objects share a calendar. Pure."""

from collections.abc import Iterable, Mapping

from functions.domain.model.event import Event

SIGN = "#"


def names_one(event: Event) -> bool:
    """Whether an event's title or location names an object."""
    return SIGN in event.title or SIGN in event.style.location


def named(event: Event, objects: Iterable[str], names: Mapping[str, str]) -> str | None:
    """Return the object named after a # in title or location, by name or number; None: none, or several.

    If names share a beginning the longest counts: `#Baan 12` is not Baan 1.
    """
    after = [part for text in (event.title, event.style.location) for part in text.split(SIGN)[1:]]
    found = {each for part in after if (each := _longest(part, objects, names))}
    return found.pop() if len(found) == 1 else None


def _longest(text: str, objects: Iterable[str], names: Mapping[str, str]) -> str:
    said = " ".join(text.casefold().split())
    fits = [
        (len(word), each)
        for each in objects
        for word in (each.casefold(), " ".join(names.get(each, "").casefold().split()))
        if word and said.startswith(word) and not said[len(word) : len(word) + 1].isalnum()
    ]
    longest = max((length for length, _ in fits), default=0)
    best = {each for length, each in fits if length == longest}
    return best.pop() if len(best) == 1 else ""
