"""Sentences for people: the English template is the key for translations, and the values are kept apart.

As with gettext, a message is English text wherever text is needed (logs, the API, commands). The console renders it in
the reader's language, including values that are messages themselves.
"""

from collections.abc import Iterable


class Message(str):
    """A sentence with values: `template` has a `{}` for each of `values`."""

    __slots__ = ("template", "values")
    template: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        """Return the message itself, so that an error's text keeps its values."""
        return self

    def __deepcopy__(self, memo: object) -> "Message":
        """Return the message itself, which is immutable."""
        return self


def say(template: str, *values: object) -> str:
    """Return a `Message`; raises `ValueError` if the number of values does not match the template."""
    parts, shown = template.split("{}"), tuple(value if isinstance(value, str) else str(value) for value in values)
    first, *rest = parts
    message = Message(first + "".join(value + part for value, part in zip(shown, rest, strict=True)))
    message.template, message.values = template, shown
    return message


def counted(n: int, one: str, many: str, *values: object) -> str:
    """Return a sentence about a number of things, in the words for one thing or for any other number.

    `n` is the first value of both templates. The choice between them is made only here.
    """
    return say(one if n == 1 else many, n, *values)


def listed(messages: Iterable[str]) -> str:
    """Return several messages as one, separated by semicolons."""
    given = tuple(messages)
    return say("; ".join(["{}"] * len(given)), *given)
