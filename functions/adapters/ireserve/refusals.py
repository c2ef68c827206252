"""How i-Reserve refuses: `{"status":false,"messages":[...]}` or `{"error":{...}}`, and what its sentences mean. Pure.

Which method uses which form and HTTP status is not documented, so both are accepted everywhere.
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
# the first row whose words are all in the sentence, in this order, counts; they are i-Reserve's Dutch and English
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
        """i-Reserve's sentence on one line; to be shown, never stored."""
        return " ".join("; ".join(self.messages).split())[:LONGEST]

    @property
    def category(self) -> str:
        """Its category: `period_taken`, `object_unknown`, `status_forbidden` or `other`."""
        said = self.sentence.lower()
        return next((name for name, words in CATEGORIES if _in_order(words, said)), "other")

    @property
    def no_booking(self) -> bool:
        """Whether the booking does not exist."""
        return any(BOOKING.search(part) for part in _before_absent(self.sentence.lower()))

    @property
    def not_found(self) -> bool:
        """Whether the addressed thing does not exist."""
        return self.no_booking or NOT_FOUND.search(self.sentence.lower()) is not None


def refusal(answer: Any, *, failed: bool = False) -> No | None:
    """Return the refusal in an answer, or None; `failed` if its HTTP status is an error."""
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
    """Whether the refusal is about a missing field."""
    return MANDATORY.search(sentence.lower()) is not None


def is_nothing(answer: Any) -> bool:
    """Whether an answer is null, {} or []."""
    return answer is None or answer in ({}, [])


def _in_order(words: tuple[re.Pattern[str], ...], said: str) -> bool:
    """Whether a sentence matches all of these in order; the first match of each is enough to tell."""
    at = 0
    for each in words:
        found = each.search(said, at)
        if found is None:
            return False
        at = found.end()
    return True


def _before_absent(said: str) -> Iterator[str]:
    """Yield the words before each "not found", back to the last word that names anything but a booking."""
    for found in ABSENT.finditer(said):
        yield OTHER.split(said[: found.start()])[-1]


def _messages(holder: Mapping[Any, Any]) -> tuple[str, ...]:
    given = holder.get("messages") or holder.get("message")
    listed = given if isinstance(given, list) else [given]
    return tuple(said for each in listed if (said := text(each).strip()))


def _code(given: Any) -> int:
    digits = text(given)
    return int(digits) if CODE.fullmatch(digits) else 0
