"""How Google stores a description: not always as it was sent.

A program's markup is stored as sent, but for Google's own conference block, which is cut out of what clients write
(ridafkih/keeper.sh#749, measured). What people write in the web editor becomes markup: `<html-blob>`, `<p>`, `<span>`,
`<br>`, `&nbsp;`, links as `<a>`.
"""

from __future__ import annotations

import html
import re

EDGE = r"-::~:~::~:~(?:[:~]){10,}::~:~::-"  # a lookalike typed by hand is left alone
BLOCK = re.compile(rf"\s*{EDGE}.*?{EDGE}", re.DOTALL)
LINK = re.compile(r"(?<![\"'=])\bhttps?://[^\s<>\"]+")
TAGGED = re.compile(r"</?(?:a|b|br|i|li|ol|p|span|u|ul|html-blob)\b[^>]*>", re.IGNORECASE)


def stored(text: str, mode: str) -> str:
    """Return a description as it is kept: `as_sent` but for the block, or `web` as its editor writes it."""
    kept = BLOCK.sub("", text)
    return kept if mode == "as_sent" else edited(kept)


def edited(text: str) -> str:
    """Return what the web editor makes of a text that was opened and saved in it."""
    if not text or text.startswith("<html-blob>"):
        return text
    lines = (text if TAGGED.search(text) else html.escape(text, quote=False)).splitlines()
    body = "<br>".join(line.replace("  ", " &nbsp;") for line in lines)
    linked = body if "<a " in body else LINK.sub(lambda m: f'<a href="{m[0]}">{m[0]}</a>', body)
    return f"<html-blob><u></u><p><span>{linked}</span></p></html-blob>"
