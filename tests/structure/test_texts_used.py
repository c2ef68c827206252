"""Every text of the console is used: what no screen, no entry of the journal and no error asks for any more is removed."""

import ast
import re
from pathlib import Path
from typing import get_args

import yaml

from functions.application.pulling import events_without_booking
from functions.domain.pairing.writes import Why, Write
from functions.domain.settings.facts import facts
from functions.domain.settings.schema import MappingRow, Settings
from functions.entrypoints.console.texts import FOLDER, table

ROOT = Path(__file__).parents[2] / "functions"
SOURCES = [path for end in ("*.py", "*.html", "*.js") for path in sorted(ROOT.rglob(end))]
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
NAMED = set(re.findall(r"""['"]([A-Za-z_][\w.\-]*)['"]""", SOURCE))
PREFIXES = set(re.findall(r"""f?['"]([a-z_][\w.]*[._])(?:['"]|\{)""", SOURCE))
PREFIXES |= {f"{group}." for group in re.findall(r"""\bt\.name\(['"]([\w.]+)['"]""", SOURCE)}
WORDS = set(re.findall(r"\w+", SOURCE)) | {"refused_google", "refused_ireserve"}
AFFIXES = re.compile(r"^not_taken_|_help$")
TOLD = re.compile(r"^(told|meant|would)\.(\w+)(?:\.(\w+))??(?:\.(when|texts|status|accepted|declined))?$")


def is_used(key: str) -> bool:
    """Whether the source names the key in full, or begins it and knows the words that end it."""
    key = key.removesuffix("_one")  # the text of a count, where it is one
    if key in NAMED or key == "reason.malformed":  # that one is an error's class, in lower case
        return True
    if told := TOLD.match(key):
        steps = {write.__name__ for write in get_args(Write)} | {"any", "NotTaken", "Lacking", "Overwritten"}
        reasons = {why.value for why in Why} | {f"not_taken_{reason}" for reason in events_without_booking.SAYS}
        return told[2] in steps and told[3] in (None, *reasons)
    tails = (key.removeprefix(prefix) for prefix in PREFIXES if key.startswith(prefix))
    return any(all(WORDS & {word, AFFIXES.sub("", word)} for word in re.findall(r"\w+", tail)) for tail in tails)


def test_every_text_is_used() -> None:
    assert sorted(key for key in table("en") if not is_used(key)) == []


def test_a_text_that_nobody_asks_for_is_found() -> None:
    assert not is_used("day.nobody_asks_for_this")
    assert not is_used("told.PatchEvent.nobody_decides_this")
    assert not is_used("nobody")


def template(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_every_translated_sentence_is_still_said() -> None:
    said = {template(node) for path in ROOT.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))}
    known = yaml.safe_load((FOLDER / "sentences.nl.yaml").read_text(encoding="utf-8"))
    said |= {fact.advice for kind in (Settings, MappingRow) for fact in facts(kind).values()} | {
        "use {} to {}"
    }  # the second is of the first kind, with numbers
    assert sorted(set(known) - said) == []
