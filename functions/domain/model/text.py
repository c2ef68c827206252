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
NOTICE = re.compile(r"⚠[^\n<]*")
BREAK = re.compile(r"<br\s*/?>|\r\n?", re.IGNORECASE)
EDGE = re.compile(r"^(?:\s|<br\s*/?>)+|(?:\s|<br\s*/?>)+$", re.IGNORECASE)


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
        return Text(above=EDGE.sub("", description))
    rest = EDGE.sub("", description[mark.end() :])
    notice = NOTICE.match(rest)
    below = rest[notice.end() :] if notice else rest
    return Text(EDGE.sub("", description[: mark.start()]), notice.group() if notice else "", EDGE.sub("", below))


def put_together(text: Text, language: str, *, line: bool = True) -> str:
    """Compose a description; the line is left out only where there is nothing to say under it and `line` is off."""
    if not line and not text.notice and not text.below:
        return text.above
    head = f"{text.above}\n\n" if text.above else ""
    notice = f"\n{text.notice}" if text.notice else ""
    below = f"\n{text.below}" if text.below else ""
    return f"{head}{LINE[language]}{notice}{below}"


def escape(text: str) -> str:
    """Make text of a booking safe where Google would render HTML, and keep the service's line out of it."""
    return html.escape(MARK.sub("", text), quote=False)


def plain(text: str) -> str:
    """Undo what Google's editor does to a text, for comparison and for remarks."""
    lines = (line.strip() for line in html.unescape(BREAK.sub("\n", text)).replace("\xa0", " ").split("\n"))
    return "\n".join(lines).strip()
