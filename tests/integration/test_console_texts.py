"""No text is missing: in neither language on a screen, and no sentence from inside without its Dutch."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from functions.adapters.platform.os_words import WORDS
from functions.adapters.sqlite.file import _AWAY
from functions.application.deciding.undo import STAYS
from functions.application.diagnosing.alerts import SAID
from functions.application.probing.probe import PARTS
from functions.application.probing.record import LEFT
from functions.application.setting_up.activation import BUILT_IN
from functions.domain.model.errors import Transient
from functions.domain.model.messages import counted, listed, say
from functions.domain.model.snapshot import Presence
from functions.domain.pairing.link import Origin
from functions.domain.pairing.writes import Why
from functions.domain.settings.dialect import Dialect
from functions.domain.settings.facts import facts
from functions.domain.settings.integration import Phase
from functions.domain.settings.schema import Settings
from functions.domain.settings.template import REFUSED, placeholders
from functions.entrypoints.console.forms import fields as form
from functions.entrypoints.console.screens.registry import MENU
from functions.entrypoints.console.texts import FOLDER, LANGUAGES, Texts, table

ROOT = Path(__file__).parents[2] / "functions"
SEVERAL = (  # said of two or more only
    "ago.",
    "held.",
    "waiting.keep_all",
    "waiting.first",
    "history.first",
    "health.queue",
    "statuses.counted_most",
    "day.unread_calendars",
)
IN_ROWS = ("Transient", "Stale", "AccessRevoked", "Refused", "Gone", "TokenExpired", "Taken")
ERRORS = ("Transient", "Stale", "AccessRevoked", "Malformed", "Refused", "Gone", "Conflict")


def keys_in_templates() -> set[str]:
    """Every text that a template names in full."""
    found: set[str] = set()
    for template in (ROOT / "entrypoints/console/templates").glob("*.html"):
        found |= set(re.findall(r"""\bt\(['"]([a-z0-9_.]+[a-z0-9_])['"][,)]""", template.read_text()))
    return found


def keys_by_name() -> set[str]:
    """Every text that is looked up by a name of the domain."""
    groups = (form.GENERAL, form.IRESERVE, form.AUTHENTICATION)
    screens = (form.OUTBOUND, form.INBOUND, form.SYNC)
    every = [f for group in groups for f in group] + [f for screen in screens for f in form.of_screen(screen)]
    labels = {f"field.{f.name}.label" for f in every} | {f"field.{f.name}.help" for f in every}
    choices = {f"field.{f.name}.{choice}" for f in every for choice in f.choices}
    names = {f"placeholder.{name}" for name in placeholders()} | {f"why.{each.value}" for each in Why}
    states = {f"origin.{each.value}" for each in Origin}
    states |= {f"phase.{each.value}" for each in Phase} | {f"presence.{each.value}" for each in Presence}
    pages = {f"page.{page}" for _, listed in MENU for page in listed} | {f"menu.{group}" for group, _ in MENU}
    dialect = {f"dialect.{each.name}" for each in fields(Dialect) if each.metadata}
    units = {f"unit.{f.unit}" for f in every if f.unit} | {f"probe.part.{part.name}" for part in PARTS}
    return labels | choices | names | states | pages | dialect | units


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    english, dutch = table("en"), table("nl")
    assert set(english) == set(dutch)
    holes = re.compile(r"\{\w*\}")
    for key, text in english.items():
        assert sorted(holes.findall(text)) == sorted(holes.findall(dutch[key])), key


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.yaml")), ids=lambda file: f"{file.relative_to(FOLDER)}")
def test_no_text_stands_twice_of_which_only_the_last_would_count(file: Path) -> None:
    left = [yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)]
    twice = []
    while left:
        node = left.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            twice += [key for key in sorted(set(keys)) if keys.count(key) > 1]
            left += [value for _, value in node.value]
    assert twice == []


def test_every_text_that_a_screen_asks_for_is_there() -> None:
    assert sorted((keys_in_templates() | keys_by_name()) - set(table("en"))) == []


def template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value)
    return ""


def sentences(module: Path) -> Iterator[str]:
    """What a module says to people: its errors, faults and findings."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = name in (*ERRORS, "append")
            where = {"Fault": slice(1, 2), "Check": slice(2, 4)}.get(name, slice(0, 1) if first else slice(0))
            yield from (template(argument) for argument in node.args[where])
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and "faults" in module.name:
            yield template(node.value.elts[1])
        if isinstance(node, ast.Yield) and node.value is not None and module.name == "template.py":
            yield template(node.value)
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", "") == "get"
            and "SENTENCES" in ast.dump(node.func)
        ):
            yield from (template(argument) for argument in node.args[1:])
        if (
            isinstance(node, ast.Assign)
            and getattr(node.targets[0], "id", "") == "SENTENCES"
            and module.stem == "oauth"
        ):
            yield from (template(value) for value in getattr(node.value, "values", ()))
        if isinstance(node, ast.Tuple) and getattr(node.elts[0] if node.elts else None, "id", "") in IN_ROWS:
            yield from map(template, node.elts[1:])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "counted":
            yield from (template(argument) for argument in node.args[1:3])
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("says", "mend"):
            yield template(node.value)


MANY = re.compile(
    r"\{\} (?:\w+ )?(?:bookings|calendars|changes|channels|events|items|minutes|nights|objects|pairs|points|removals"
    r"|rows|settings|texts|webhooks)\b"
)
NEVER_ONE = (
    "of the first {}",
    "the lists name every status of the first {}",
    "overlapping among the first {}",
    "{} rows of one calendar are for",
    "object {} has {} rows",
    "name at most {} further calendars",
    "of the last {} changes, half took",
    "the queue is {} minutes behind",
)


def test_every_sentence_from_inside_has_its_dutch() -> None:
    known = yaml.safe_load((FOLDER / "sentences.nl.yaml").read_text())
    modules = [m for layer in ("domain", "application", "adapters") for m in sorted((ROOT / layer).rglob("*.py"))]
    said = {s for m in modules for s in sentences(m) if " " in s.strip()}
    said |= {STAYS, BUILT_IN, *REFUSED.values(), *LEFT.values(), *WORDS.values(), *_AWAY.values()}
    assert len(said) > 150
    assert sorted(said - set(known)) == []


def test_every_document_that_may_be_damaged_has_its_dutch_name() -> None:
    known = yaml.safe_load((FOLDER / "sentences.nl.yaml").read_text())
    calls = [node for m in (ROOT / "application").rglob("*.py") for node in ast.walk(ast.parse(m.read_text()))]
    read = [
        node
        for node in calls
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record_of", "upgraded")
    ]
    named = {template(node.args[2]) for node in read} - {""}
    assert len(named) > 10
    assert sorted(named - set(known)) == []


def test_values_of_a_sentence_stand_apart_from_its_words() -> None:
    known = yaml.safe_load((FOLDER / "sentences.nl.yaml").read_text()).keys() - {"{}: {}"}
    found = [
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for layer in ("domain", "application", "adapters")
        for module in sorted((ROOT / layer).rglob("*.py"))
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.JoinedStr) and template(node) in known
    ]
    assert found == []  # say("… {} …", value) keeps them apart, so that the sentence is found by its words


def test_every_range_of_a_setting_has_its_dutch() -> None:
    dutch = Texts("nl")
    english = re.compile(r"(?i)\b(?:use|to|from|minutes|codes?|places|days)\b(?!\])")
    shown = {fact.name: dutch.sentence(fact.advice) for fact in facts(Settings).values()}
    assert len(shown) > 30
    assert {name: says for name, says in shown.items() if english.search(says)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_of_the_diagnosis_has_a_heading(language: str) -> None:
    calls = [node for m in (ROOT / "application").rglob("*.py") for node in ast.walk(ast.parse(m.read_text()))]
    made = [node for node in calls if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Check"]
    names = {str(node.args[0].value) for node in made if isinstance(node.args[0], ast.Constant)}
    assert len(names) > 20
    assert sorted(name for name in names if not Texts(language).has(f"check.{name}")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_thing_is_spoken_of_as_one(language: str) -> None:
    texts = table(language)
    counting = {key for key, text in texts.items() if re.search(r"\{n\} \w", text) and not key.startswith(SEVERAL)}
    assert counting
    assert [key for key in sorted(counting) if f"{key}_one" not in texts] == []


def test_a_sentence_from_inside_speaks_of_one_booking_as_one() -> None:
    one, many = "{} booking looked at", "{} bookings looked at"
    assert [counted(number, one, many) for number in (0, 1, 2)] == [
        "0 bookings looked at",
        "1 booking looked at",
        "2 bookings looked at",
    ]
    said = [
        template(node)
        for layer in ("domain", "application", "adapters")
        for module in sorted((ROOT / layer).rglob("*.py"))
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say"
    ]
    assert len(said) > 50
    assert [each for each in said if MANY.search(each) and not each.startswith(NEVER_ONE)] == []


def test_every_source_of_a_hint_has_a_text() -> None:
    literal = re.compile(r"""source="([a-z_]+)"|"(webhook|person|schedule|poll|activation|resume)",""")
    modules = [module.read_text() for module in (ROOT / "application").rglob("*.py")]
    sources = {first or second for text in modules for first, second in literal.findall(text)}
    assert len(sources) > 8
    assert sorted(f"source.{name}" for name in sources if f"source.{name}" not in table("en")) == []


def test_translations_keep_every_value() -> None:
    known = yaml.safe_load((FOLDER / "sentences.nl.yaml").read_text())
    for english, dutch in known.items():
        assert english.count("{}") == dutch.count("{}"), english


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_moment_is_shown_on_the_integrations_clock(language: str) -> None:
    shown = Texts(language, "Europe/Amsterdam").moment("2026-07-01T22:30:00+00:00")
    assert shown in ("Thu 2 Jul 2026 00:30", "do 2 jul 2026 00:30")


def test_sentences_within_sentences_are_translated_too() -> None:
    dutch = Texts("nl").sentence
    connect = "Google is not connected: run Step 1 and Step 2"
    both = listed([connect, say("calendar {} cannot be reached by the connected account", "a@b")])
    assert both == f"{connect}; calendar a@b cannot be reached by the connected account"
    assert dutch(both) == (
        "Google is niet verbonden: doe Stap 1 en Stap 2; agenda a@b is niet te bereiken met het verbonden account"
    )
    error = Transient(say("{} could not be reached.", "i-Reserve"))
    inner = say("webhooks could not be registered in i-Reserve ({}); copy their address there by hand", error)
    assert "i-Reserve was niet te bereiken." in dutch(inner)
    assert dutch("something nobody ever said") == "Something nobody ever said"


def test_the_page_of_features_uses_the_screens_words() -> None:
    words = {language: table(language) for language in LANGUAGES}
    rows = 0
    for line in (ROOT.parent / "docs" / "features.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) > 2 and re.fullmatch(r"`[a-z_.]+`", cells[2]):
            label = f"field.{cells[2].strip('`')}.label"
            if label in words["en"]:
                rows += 1
                assert (words["en"][label], words["nl"][label]) == (cells[0], cells[1])
    assert rows > 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("alert", "button"), [("held", "held.approve"), ("parked", "act.retry"), ("paused_links", "act.resume")]
)
def test_an_alert_names_the_screen_and_the_button_as_the_console_does(alert: str, button: str, language: str) -> None:
    texts = Texts(language)
    said = SAID[alert][language]
    assert texts("page.waiting") in said
    assert texts(button) in said


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("nl", "Room heeft een kanaal tot ma 30 nov 2026 09:00, laatste melding di 24 nov 2026"),
        ("en", "Room has a channel until Mon 30 Nov 2026 09:00, last notification Tue 24 Nov 2026"),
    ],
)
def test_days_in_sentences_are_shown_as_on_the_rest_of_a_page(language: str, shown: str) -> None:
    said = say("{} has a channel until {}, last notification {}", "Room", "30-11-2026 09:00", "24-11-2026")
    assert Texts(language).sentence(said) == shown
    assert Texts(language).sentence(say("{}: {}", "x", "31-11-2026")) == "x: 31-11-2026"  # no day: what somebody typed


def test_a_sentence_begins_with_a_capital_also_before_a_colon() -> None:
    assert Texts("nl").sentence("paused: nothing is written").startswith("Gepauzeerd: ")
    assert Texts("en").sentence("paused: nothing is written").startswith("Paused: ")
    for name in ("mapping", "sync.hold_over"):  # a setting's name stays as it is: the screen puts its label there
        assert Texts("en").sentence(say("{}: {}", name, "0")) == f"{name}: 0"
