"""The text of an event: what the booking says, the service's line, and below it what people write.

Google renders descriptions as HTML, and its editors write them as such: `<html-blob>`, `<p>`, `<span>`, `<br>`, links as
`<a>`. So texts are compared as a reader reads them, and a text that is taken apart in the middle of its markup leaves no
half tags behind. A conference block between Google's own edges is cut out of what a client writes.
https://github.com/ridafkih/keeper.sh/issues/749
"""

import html
import re
from collections import Counter
from dataclasses import dataclass

LINE = {
    "nl": "———— i-Reserve · schrijf onder deze regel ————",
    "en": "———— i-Reserve · write below this line ————",
}
MARK = re.compile(r"———— i-Reserve[^\n<]*")
SIGN = "⚠"  # begins the lines in which this service tells a planner something
NOTICE = re.compile(r"⚠[^\n<]*")
EMPTY_LINES = re.compile(r"\n\n\n*")
LINES = r"br|p|div|li|ul|ol|tr|table|blockquote|pre|hr|h[1-6]"
TAGS = rf"(?:{LINES}|html-blob|a|b|i|u|s|em|strong|span|font|small|sub|sup|strike|code|img|tbody|thead|td|th)"
TAG = re.compile(rf"<(/?)({TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
LINE_TAG = re.compile(rf"</?(?:{LINES})(?:\s[^<>]*)?/?>|\r\n?", re.IGNORECASE)
EMPTY = re.compile(r"<(u|p|span|b|i)>\s*</\1>", re.IGNORECASE)
VOID = ("br", "hr", "img")
CONFERENCE = re.compile(r"-::~:~::~:~[:~]*::~:~::-")
BLOCK = re.compile(rf"{CONFERENCE.pattern}.*?{CONFERENCE.pattern}", re.DOTALL)
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
    rest = _whole(description[mark.end() :])
    notice = NOTICE.search(rest)
    if notice is None or as_read(rest[: notice.start()]):
        return Text(_whole(description[: mark.start()]), "", rest)
    return Text(_whole(description[: mark.start()]), notice.group(), _whole(rest[notice.end() :]))


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
    said = CONFERENCE.sub("", MARK.sub("", readable(text)))
    return html.escape(said.replace(SIGN, "!"), quote=False)


def plain(text: str) -> str:
    """Return a text without its markup, as it reads in a booking's remarks: lines, and no more than one empty at a time."""
    bare = TAG.sub("", LINE_TAG.sub("\n", BLOCK.sub("", text)))
    lines = [" ".join(line.split()) for line in html.unescape(bare).replace("\xa0", " ").split("\n")]
    return EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def as_read(text: str) -> str:
    """Return what two texts that read alike have in common: their words, line by line."""
    return EMPTY_LINES.sub("\n", plain(text))


def _whole(fragment: str) -> str:
    """Return part of a text without the tags that its other part opens or closes, and without space around it."""
    opened: list[tuple[str, tuple[int, int]]] = []
    open_now: Counter[str] = Counter()
    halves: list[tuple[int, int]] = []
    for tag in TAG.finditer(fragment):
        name = tag[2].lower()
        if name in VOID:
            continue
        if not tag[1]:
            opened.append((name, tag.span()))
            open_now[name] += 1
        elif open_now[name]:
            while opened[-1][0] != name:
                open_now[opened[-1][0]] -= 1
                halves.append(opened.pop()[1])
            opened.pop()
            open_now[name] -= 1
        else:
            halves.append(tag.span())
    halves += [span for _, span in opened]
    ends = [0, *(end for _, end in sorted(halves))]
    starts = [*(start for start, _ in sorted(halves)), len(fragment)]
    fragment = "".join(fragment[end:start] for end, start in zip(ends, starts, strict=True))
    return _trimmed(EMPTY.sub("", fragment)) if as_read(fragment) else ""
