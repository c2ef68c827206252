"""HTML pasted into a template: tags that Google Calendar renders are kept, the others removed.

i-Reserve's templates are HTML for mails. Google renders a few tags in a description and may strip the others at any
time. https://support.i-reserve.net/en/ (template variables)
"""

from html import escape as escaped
from html.parser import HTMLParser
from re import IGNORECASE
from re import compile as pattern

from functions.domain.model.text import escape

KEPT = frozenset(("a", "b", "br", "em", "i", "li", "ol", "p", "strong", "u", "ul"))
LINES = frozenset(("div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "hr", "blockquote", "section"))
SILENT = frozenset(("script", "style", "head", "title"))
OTHER = frozenset(
    ("html", "body", "span", "font", "center", "td", "th", "tbody", "thead", "tfoot", "img", "s", "small", "sub", "sup")
)
# no braces: a booking's value must not become an address
LINK = pattern(r"(?:https?://|mailto:)[^\s\"<>{}]+", IGNORECASE)
MARKUP = pattern(r"</?[a-z]|<!--|&#?\w+;", IGNORECASE)


def rendered(template: str) -> str:
    """Return a template as HTML with only the kept tags; placeholders stay in place."""
    return _Reader(html=True).read(template)


def bare(template: str) -> str:
    """Return a template as plain text, for fields in which Google renders no HTML."""
    return _Reader(html=False).read(template) if MARKUP.search(template) else template


class _Reader(HTMLParser):
    def __init__(self, *, html: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._html = html
        self._out: list[str] = []
        self._silent = 0
        self._open: list[str] = []
        self._flows = False  # line breaks in the source mean nothing

    def read(self, template: str) -> str:
        self._flows = pattern(r"<(?:p|br|div|table|tr|ul|ol)\b", IGNORECASE).search(template) is not None
        self.feed(template)
        self.close()
        if self._html:
            self._out += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self._out).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in LINES or (not self._html and tag in ("br", "p", "li")):
            self._break()
        elif tag in KEPT and self._html:
            self._begin(tag, dict(attrs))
        elif tag not in KEPT | OTHER:
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._out.append(" ")
        elif tag in self._open and self._html:
            last = ""
            while last != tag:
                last = self._open.pop()
                self._out.append(f"</{last}>")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = " ".join(data.split("\n")) if self._flows else data
        self._out.append(escape(text) if self._html else text)

    def _begin(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "br":
            self._out.append("<br>")
            return
        address = (attrs.get("href") or "").strip()
        if tag == "a" and not LINK.fullmatch(address):
            return
        self._open.append(tag)
        self._out.append(f'<a href="{escaped(address)}">' if tag == "a" else f"<{tag}>")

    def _break(self) -> None:
        if "".join(self._out).strip():
            self._out.append("<br>" if self._html else "\n")
