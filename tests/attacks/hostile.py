"""What a hostile caller types, and requests made of it: the same seed always gives the same ones."""

import json
from html.parser import HTMLParser
from random import Random
from typing import Any

HUGE = 300 * 1024
# each has broken a parser, a store or an address somewhere
TEXTS = (
    "", " ", "0", "-1", "1.5", "²", "٣", "½", "1e400", "NaN", "Infinity", "9" * 30, "9" * 5000, "0x10", "1_000",
    "\0", "a\0b", "\n", "a\r\nSet-Cookie: x=1", "\x1b[2J", "\u202eexe", "\u2028", "\ufeff", "é", "e\u0301", "\U0001f600",
    "\ud800", "a\udfffb", "__x__", "__name__", ".", "..", "../..", "/", "a/b", "%2F", "%00", "%ff", "\\", "//[", "[", "]",
    "//evil.example", "https://[", "https://[::1", "https://[fe80::1%25eth0]/", "http://a:99999999/", "https://a:b@c/",
    "https://a:99x/", "http://\u2100.example/", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://x/",
    "https://xn--/", "https://" + "a" * 300 + ".example/", "https://a..b/", "http:///", "https://127.0.0.1:1/",
    "<script>alert(1)</script>", "\"'><b>", "{{7*7}}", "{%raw%}", "${7*7}", "' OR 1=1 --", "$.a", "*", "?", "#", "&", "=",
    "Europe/../../etc/passwd", "/etc/passwd", "Europe/" + "A" * 10_000, "Europe", "UTC\0", "posixrules",
    "{RES_ID}", "{", "}", "{" * 500, "{HASHKEY}", "⚠ 12 dec.", "———— i-Reserve · x ————", "<br " * 500, "a" * 10_000,
    " " * 5000, "@", "a@b", "a,b@c.de", "a@" + "." * 500, "a@b.c\nBcc: d@e.f", "true", "null", "[]", "{}", "on", "yes",
    "all", "future", "new", "keep", "remove", "more", "-365", "2026-13-45", "0000-00-00", "9999-12-31", "0001-01-01", "31-12-9999", "1-1-0001", "morgen", "2026-11-24", "10", "7", "10", "1001",
    "=1+1", "@SUM(1)", "|calc", "\t", ",", ";", "1,2,3", "20 30", "x" * 200, "primary", "custom999", "custom01",
)  # fmt: skip
NUMBERS = (0, -1, 1, 7, 10**6, 2**63, 10**30, -(10**30), 1.5, 1e308, float("inf"), float("nan"), True, False)
NAMES = (
    "limit", "booking", "before", "events", "apply", "refresh", "preview", "confirm", "shadow", "anyway", "key", "back",
    "date", "object", "rows", "said", "test", "state", "code", "error", "token", "calendar", "consent", "really", "do",
    "q", "days", "room", "from", "to", "kind", "outcome", "person", "id", "name", "settings", "secrets", "revision", "seen", "item", "all", "sure", "csrf_token", "kind", "int_id",
)  # fmt: skip
HEADERS = (
    "Cookie", "Accept-Language", "Content-Type", "Origin", "Referer", "X-Forwarded-For", "X-CSRF-Token", "Host",
    "X-Goog-Channel-Token", "X-Goog-Channel-ID", "X-Goog-Resource-State", "X-Requested-With", "Sec-Fetch-Site",
    "X-Serverless-Authorization", "X-Goog-IAP-JWT-Assertion", "X-Cloud-Trace-Context", "traceparent", "Range",
)  # fmt: skip


def text(random: Random) -> str:
    """Return a hostile text: one of the list, two of them together, or a repeated one."""
    one = random.choice(TEXTS)
    match random.randrange(12):
        case 0:
            return one + random.choice(TEXTS)
        case 1:
            return one * random.randrange(2, 50) if len(one) < 100 else one
        case _:
            return one


def value(random: Random, depth: int = 0) -> Any:
    """Return a hostile JSON value."""
    kind = random.randrange(8 if depth < 3 else 5)
    if kind < 3:
        return text(random)
    if kind == 3:
        return random.choice(NUMBERS)
    if kind == 4:
        return None
    if kind < 7:
        return {random.choice((*NAMES, text(random))): value(random, depth + 1) for _ in range(random.randrange(4))}
    return [value(random, depth + 1) for _ in range(random.randrange(4))]


def changed(random: Random, good: Any) -> Any:
    """Return a good JSON value with one place in it made hostile."""
    if isinstance(good, dict) and good and random.random() < 0.85:
        name = random.choice(sorted(good))
        return {**good, name: changed(random, good[name])}
    if isinstance(good, list) and good and random.random() < 0.8:
        at = random.randrange(len(good))
        return [*good[:at], changed(random, good[at]), *good[at + 1 :]]
    return value(random)


def body(random: Random, good: Any = None) -> bytes:
    """Return a body: mostly JSON that is hostile inside, now and then bytes that are none."""
    match random.randrange(12):
        case 0:
            return b"[" * random.choice((10, 100_000))
        case 1:
            return random.randbytes(random.randrange(200))
        case 2:
            return b'{"id": "\\ud800"}'
        case 3 if random.random() < 0.2:
            return b" " * HUGE
        case 4:
            return b'{"a": ' + b"9" * 5000 + b"}"
        case _:
            spelt = changed(random, good) if good is not None and random.random() < 0.8 else value(random)
            return json.dumps(spelt, ensure_ascii=random.random() < 0.7).encode("utf-8", "surrogatepass")


class Forms(HTMLParser):
    """The forms of a page: where each goes, and what it would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: each or "" for name, each in attrs}
        if tag == "form":
            self.found.append((given.get("method", "get").upper(), given.get("action", ""), {}))
        elif tag in ("input", "select", "textarea", "button") and self.found and given.get("name"):
            self.found[-1][2].setdefault(given["name"], given.get("value", ""))
