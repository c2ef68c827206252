"""Sentences for people: the English one is the code by which others find it, its values stand apart.

As with gettext, a message reads as English wherever text is wanted (logs, the API, commands). The console renders it in the
reader's language, values that are messages themselves included.
"""

from collections.abc import Iterable


class Message(str):
    """A sentence with values. `template` has `{}` where each of `values` stands."""

    __slots__ = ("template", "values")
    template: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        """Return the message itself, so that an error's text keeps its values."""
        return self

    def __deepcopy__(self, memo: object) -> "Message":
        """Return the message: it never changes."""
        return self


def say(template: str, *values: object) -> str:
    """Return a `Message`; raises `ValueError` where there are more or fewer values than places for them."""
    parts, shown = template.split("{}"), tuple(value if isinstance(value, str) else str(value) for value in values)
    first, *rest = parts
    message = Message(first + "".join(value + part for value, part in zip(shown, rest, strict=True)))
    message.template, message.values = template, shown
    return message


def listed(messages: Iterable[str]) -> str:
    """Return several as one `Message`, parted by semicolons."""
    given = tuple(messages)
    return say("; ".join(["{}"] * len(given)), *given)
