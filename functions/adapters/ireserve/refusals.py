"""How i-Reserve says no: `{"status":false,"messages":[...]}`, `{"error":{...}}`, and what its sentences mean. Pure.

Which of the two a method answers, and under which HTTP status, is not documented; both are understood everywhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.adapters.ireserve.fields import text
from functions.domain.model.errors import Cause

LONGEST = 200  # characters of i-Reserve's sentence that are shown

MISSING = r"(does not|doesn't) exist|not found|unknown|invalid|not active|bestaat niet|niet gevonden|onbekend|ongeldig"
DENIED = r"not allowed|not permitted|not possible|forbidden|may not|niet toegestaan|niet mogelijk|mag niet|geen recht"
TAKEN = (
    r"not available|unavailable|niet beschikbaar|not free|niet vrij|bezet|occupied|conflicting|conflict with|conflict met"
    r"|conflicterend|overlap|already (been )?(booked|reserved|taken)|(al|reeds) (geboekt|gereserveerd|bezet)"
    r"|fully booked|volgeboekt|is full|is vol\b|closed|gesloten"
)
# the first of which all words stand in a sentence, in this order; the words are those of i-Reserve's Dutch and English
CATEGORIES = (
    ("status_forbidden", (re.compile("status"), re.compile(rf"{DENIED}|{MISSING}"))),
    ("status_forbidden", (re.compile(rf"{DENIED}|{MISSING}"), re.compile("status"))),
    ("object_unknown", (re.compile(r"(object|product)\w*\b"), re.compile(rf"{MISSING}|niet actief"))),
    ("object_unknown", (re.compile(rf"({MISSING}) (object|product)"),)),
    (Cause.PERIOD_TAKEN, (re.compile(TAKEN),)),
)
BOOKING = re.compile(r"\b(booking|reservation|reservering|boeking)\b")
OTHER = re.compile("customer|klant|object|product|status")
ABSENT = re.compile(r"(does not|doesn't) exist|not found|bestaat niet|niet gevonden")
CODE = re.compile(r"[1-5]\d{2}")
NOT_FOUND = re.compile(r"not found|niet gevonden")
MANDATORY = re.compile(r"mandatory|required|missing|verplicht|ontbreekt")


@dataclass(frozen=True, slots=True)
class No:
    """A refusal inside a JSON answer; `code` is 0 where it names none."""

    code: int
    messages: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What i-Reserve said, on one line; for the person who is looking, never to be stored."""
        return " ".join("; ".join(self.messages).split())[:LONGEST]

    @property
    def category(self) -> str:
        """What it means: `period_taken`, `object_unknown`, `status_forbidden` or `other`."""
        said = self.sentence.lower()
        return next((name for name, words in CATEGORIES if _in_order(words, said)), "other")

    @property
    def no_booking(self) -> bool:
        """Whether it says that there is no such booking."""
        return any(BOOKING.search(part) for part in _before_absent(self.sentence.lower()))

    @property
    def not_found(self) -> bool:
        """Whether it says that what was addressed is not there."""
        return self.no_booking or NOT_FOUND.search(self.sentence.lower()) is not None


def refusal(answer: Any, *, failed: bool = False) -> No | None:
    """Return the refusal that an answer is, or None; `failed` when its HTTP status says so already."""
    if not isinstance(answer, Mapping):
        return None
    if error := answer.get("error"):
        holder = error if isinstance(error, Mapping) else {"message": error}
        return No(_code(holder.get("code")), _messages(holder))
    status = answer.get("status")
    if failed or status is False or ("messages" in answer and text(status).lower() in ("false", "0", "")):
        return No(0, _messages(answer))
    return None


def is_incomplete(sentence: str) -> bool:
    """Say whether a refusal is about a field that is missing."""
    return MANDATORY.search(sentence.lower()) is not None


def is_nothing(answer: Any) -> bool:
    """Say whether an answer is empty: null, {} or []."""
    return answer is None or answer in ({}, [])


def _in_order(words: tuple[re.Pattern[str], ...], said: str) -> bool:
    """Whether each of these stands in a sentence, behind the one before: the first of each leaves most room."""
    at = 0
    for each in words:
        found = each.search(said, at)
        if found is None:
            return False
        at = found.end()
    return True


def _before_absent(said: str) -> Iterator[str]:
    """Give what stands before each "not found", back to the last word for something else than a booking."""
    for found in ABSENT.finditer(said):
        yield OTHER.split(said[: found.start()])[-1]


def _messages(holder: Mapping[Any, Any]) -> tuple[str, ...]:
    given = holder.get("messages") or holder.get("message")
    listed = given if isinstance(given, list) else [given]
    return tuple(said for each in listed if (said := text(each).strip()))


def _code(given: Any) -> int:
    digits = text(given)
    return int(digits) if CODE.fullmatch(digits) else 0
