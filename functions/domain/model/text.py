"""The description of an event: what the booking says, the service's line, and below it what people write.

Google renders descriptions as HTML, and its editors write HTML: `<html-blob>`, `<p>`, `<span>`, `<br>`, `<a>`. So texts
are compared as a reader sees them, and splitting one inside its markup leaves no unmatched tags. Google deletes a
conference block (the text between its own delimiters) from what a client writes, so comparisons ignore such blocks.
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
WORDS = tuple(line.strip("— ") for line in LINE.values())
MARK = re.compile(r"———— i-Reserve[^\n<]*")
SIGN = "⚠"  # begins each notice
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
START = re.compile(r"(?:\s|<br\s{0,9}/?>)*", re.IGNORECASE)
END = re.compile(r"(?:\s|>/?\s{0,9}rb<)*", re.IGNORECASE)  # of a text read backwards
# removed from texts: control characters except tab and line breaks, marks that change the reading direction, and
# unpaired surrogates
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
    """A description taken apart at the service's line. What people wrote keeps its markup."""

    above: str = ""
    notice: str = ""
    below: str = ""


def take_apart(description: str) -> Text:
    """Split a description at the service's line; without one all of it is above."""
    mark = MARK.search(description)
    if mark is None:
        return Text(above=_trimmed(description))
    rest = _whole(description[mark.end() :])
    notice = NOTICE.search(rest)
    if notice is None or as_read(rest[: notice.start()]):
        return Text(_whole(description[: mark.start()]), "", rest)
    return Text(_whole(description[: mark.start()]), notice.group(), _whole(rest[notice.end() :]))


def added_to(above: str, said: str) -> str:
    """Return what people wrote in a text after what a booking says in it, escaped as plain lines; "" if it begins otherwise.

    So what they wrote below the service's line is not lost when they remove that.
    """
    left, expected = plain(above).split("\n"), as_read(said).split("\n") if said else []
    while expected:
        line = left.pop(0) if left else None
        if line == expected[0]:
            del expected[0]
        elif line != "":
            return ""
    own = [line for line in left if not line.startswith(SIGN) and not any(words in line for words in WORDS)]
    return escape("\n".join(own).strip())


def put_together(text: Text, language: str, *, line: bool = True) -> str:
    """Compose a description; the service's line is left out only if `line` is False and nothing stands below it."""
    if not line and not text.notice and not text.below:
        return text.above
    head = f"{text.above}\n\n" if text.above else ""
    notice = f"\n{text.notice}" if text.notice else ""
    below = f"\n{text.below}" if text.below else ""
    return f"{head}{LINE[language]}{notice}{below}"


def _trimmed(text: str) -> str:
    """Return a text without surrounding spaces and breaks, in linear time."""
    return END.sub("", START.sub("", text, count=1)[::-1], count=1)[::-1]


def readable(text: str) -> str:
    """Return a text without invisible characters and those that change how it reads."""
    return text.translate(UNSEEN)


def escape(text: str) -> str:
    """Escape a booking's text for Google's HTML, and remove what only this service or Google may write there."""
    return html.escape(without_edges(readable(text)).replace(SIGN, "!"), quote=False)


def without_edges(text: str) -> str:
    """Return a text in which nothing passes for the service's line or the edge of a conference block.

    To be asked also of what was put together: each of two texts may hold half of it. A space takes the place of an edge, or
    what stood around it would make another one; what is left of a line ends with its break.
    """
    return MARK.sub("", CONFERENCE.sub(" ", text))


def plain(text: str) -> str:
    """Return a text without markup, as plain lines with at most one empty line in a row."""
    bare = TAG.sub("", LINE_TAG.sub("\n", BLOCK.sub("", text)))
    lines = [" ".join(line.split()) for line in html.unescape(bare).replace("\xa0", " ").split("\n")]
    return EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def as_read(text: str) -> str:
    """Return a text for comparison: equal for texts that read alike, line by line."""
    return EMPTY_LINES.sub("\n", plain(text))


def _whole(fragment: str) -> str:
    """Return a fragment without unmatched tags and surrounding space."""
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
