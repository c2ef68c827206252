"""Parses web and mail addresses from outside. Never raises; what it returns is well formed.

Whether this service may call an address is decided in `adapters/net/addresses.py`.
"""

import unicodedata
from urllib.parse import SplitResult, urlsplit

LONGEST_URL = 2000
LONGEST_MAIL, LONGEST_NAME = 254, 64  # https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1
OF_CALENDARS = "calendar.google.com"  # rooms and shared calendars have an address at one of its subdomains
NOT_IN_MAIL = frozenset(' ,;:<>()[]\\"')


def web_address(text: str) -> SplitResult | None:
    """Return the parts of an absolute http or https address with a host, or None."""
    if len(text) > LONGEST_URL or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:  # an unclosed bracket, a bad port, a name that cannot be encoded
        return None
    return parts if usable else None


def origin_of(text: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of a web address, or None. A secret is bound to the three it was entered for."""
    parts = web_address(text)
    if parts is None:
        return None
    return (
        parts.scheme,
        (parts.hostname or "").removesuffix("."),
        parts.port or {"http": 80, "https": 443}[parts.scheme],
    )


def rest_base(text: str) -> str:
    """Return i-Reserve's address as an administrator typed it, up to `/api/rest`, without format or trailing slash."""
    text = text.strip().rstrip("/")
    for form in ("/json", "/xml"):
        if text.endswith(f"/api/rest{form}"):
            return text.removesuffix(form)
    return text


def is_mail_address(text: str) -> bool:
    """Whether a text is exactly one mail address, in a form that Google accepts for a guest.

    https://github.com/phw198/OutlookGoogleCalendarSync/issues/1010
    """
    name, _, host = text.rpartition("@")
    labels = host.split(".")
    return (
        len(text) <= LONGEST_MAIL
        and len(name) <= LONGEST_NAME
        and "@" not in name
        and all(name.split("."))
        and not name.startswith("'")
        and len(labels) > 1
        and all(labels)
        and text.isprintable()
        and NOT_IN_MAIL.isdisjoint(text)
    )


def guest_address(text: str) -> str:
    """Return the address of a customer as a guest list has it; "" if it is none, or a calendar's.

    Whoever books can give any address as his own. Invited at its own, a room of the organization is taken, and may become a
    booking.
    """
    address = text.strip().lower()
    host = unicodedata.normalize("NFKC", address.rpartition("@")[2]).lower()
    return address if is_mail_address(address) and not f".{host}".endswith(f".{OF_CALENDARS}") else ""
