"""The text of an event: what the booking says, the service's line, and below it what people write.

Google renders descriptions as HTML and its own editor turns line breaks into `<br>`, so texts are compared after
undoing both.
"""

import html
import re
from dataclasses import dataclass

LINE = {
    "nl": "———— i-Reserve · schrijf onder deze regel ————",
    "en": "———— i-Reserve · write below this line ————",
}
MARK = re.compile(r"———— i-Reserve[^\n<]*")
SIGN = "⚠"  # begins the lines in which this service tells a planner something
NOTICE = re.compile(r"⚠[^\n<]*")
BREAK = re.compile(r"<br\s{0,9}/?>|\r\n?", re.IGNORECASE)
START = re.compile(r"(?:\s|<br\s{0,9}/?>)*", re.IGNORECASE)
LONGEST_BREAK = len("<br/>") + 9
# what no text of an event or a booking needs: controls but tab and line breaks, marks that turn the reading direction
# around, halves of characters
UNSEEN = dict.fromkeys(
    [
        *(code for code in range(0x20) if chr(code) not in "\t\n\r"),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0x2028,
        0x2029,
        *range(0xD800, 0xE000),
    ]
)


@dataclass(frozen=True, slots=True)
class Text:
    """A description taken apart; `below` and an event maker's own `above` are kept to the letter."""

    above: str = ""
    notice: str = ""
    below: str = ""


def take_apart(description: str) -> Text:
    """Split a description at the service's line; without one everything is above."""
    mark = MARK.search(description)
    if mark is None:
        return Text(above=_trimmed(description))
    rest = _trimmed(description[mark.end() :])
    notice = NOTICE.match(rest)
    below = rest[notice.end() :] if notice else rest
    return Text(_trimmed(description[: mark.start()]), notice.group() if notice else "", _trimmed(below))


def put_together(text: Text, language: str, *, line: bool = True) -> str:
    """Compose a description; the line is left out only where there is nothing to say under it and `line` is off."""
    if not line and not text.notice and not text.below:
        return text.above
    head = f"{text.above}\n\n" if text.above else ""
    notice = f"\n{text.notice}" if text.notice else ""
    below = f"\n{text.below}" if text.below else ""
    return f"{head}{LINE[language]}{notice}{below}"


def _trimmed(text: str) -> str:
    """Return a text without spaces and breaks around it; each character is looked at once."""
    found = START.match(text)
    start, end = found.end() if found else 0, len(text)
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        opened = text.rfind("<", max(start, end - LONGEST_BREAK), end)
        if opened < 0 or BREAK.fullmatch(text, opened, end) is None:
            return text[start:end]
        end = opened


def readable(text: str) -> str:
    """Return a text without what nobody sees and what would make it read otherwise than it is written."""
    return text.translate(UNSEEN)


def escape(text: str) -> str:
    """Make text of a booking safe where Google would render HTML, and keep out what only this service says there."""
    return html.escape(MARK.sub("", readable(text)).replace(SIGN, "!"), quote=False)


def plain(text: str) -> str:
    """Undo what Google's editor does to a text, for comparison and for remarks."""
    lines = (line.strip() for line in html.unescape(BREAK.sub("\n", text)).replace("\xa0", " ").split("\n"))
    return "\n".join(lines).strip()
