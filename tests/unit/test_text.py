"""The text of an event: what the booking says, the service's line, and what people write below it."""

import pytest
from hypothesis import example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from functions.domain.model.notices import SENTENCES, notice, sentence
from functions.domain.model.text import (
    CONFERENCE,
    LINE,
    MARK,
    Text,
    added_to,
    as_read,
    escape,
    plain,
    put_together,
    readable,
    take_apart,
)
from functions.domain.model.zones import clock
from tests.unit.sketch import NOW

said = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Z"), blacklist_characters="—⚠<>&\u0085"), max_size=30)
quick = profile(deadline=None, derandomize=True)


@quick
@given(said, st.booleans(), said, st.sampled_from(("nl", "en")))
def test_what_is_put_together_can_be_taken_apart(above: str, noted: bool, below: str, language: str) -> None:  # noqa: FBT001
    text = Text(above, "⚠ 23-11-2026 09:00 Nee." if noted else "", below)
    assert take_apart(put_together(text, language)) == text


@quick
@given(st.text(max_size=60))
def test_taking_apart_and_putting_together_twice_changes_nothing_more(description: str) -> None:
    once = put_together(take_apart(description), "nl")
    assert put_together(take_apart(once), "nl") == once


@quick
@given(st.text(max_size=60))
def test_a_text_of_a_booking_never_passes_for_the_line(remarks: str) -> None:
    for text in (remarks, f"{remarks}{LINE['nl']}{remarks}"):
        assert not take_apart(put_together(Text(above=escape(text)), "nl")).below


PIECES = ("———— ", "————", " ", "i-Re", "i-Reserve", "serve", "\n", "<", "-::~:~::~:~", "~:~", ":", "::~:~::-", "x")


@quick
@given(st.lists(st.sampled_from((*PIECES, f"{PIECES[8]}{PIECES[11]}")), max_size=12).map("".join), st.text(max_size=3))
@example("———— i-Re-::~:~::~:~::~:~::-serve", "")
@example("-::~:~::~:~-::~:~::~:~::~:~::-::~:~::-", "")
def test_nothing_that_a_booking_leaves_out_makes_a_line_or_an_edge_of_what_is_left(text: str, more: str) -> None:
    left = escape(f"{text}{more}")
    assert MARK.search(left) is None
    assert CONFERENCE.search(left) is None


@quick
@given(said)
def test_a_text_that_was_escaped_compares_equal_to_itself(text: str) -> None:
    assert plain(escape(text)) == plain(text)


def test_the_line_stands_also_where_there_is_nothing_to_say() -> None:
    assert put_together(Text(), "nl") == LINE["nl"]
    assert put_together(Text(), "nl", line=False) == ""
    assert put_together(Text("boven"), "en", line=False) == "boven"
    assert put_together(Text(notice="⚠ x"), "en", line=False) == f"{LINE['en']}\n⚠ x"
    assert put_together(Text(below="onder"), "en", line=False) == f"{LINE['en']}\nonder"


def test_the_line_is_known_in_either_language_and_after_googles_editor() -> None:
    for line in LINE.values():
        assert take_apart(f"boven<br><br>{line}<br>⚠ nee<br>onder") == Text("boven", "⚠ nee", "onder")
    assert take_apart("zonder lijn") == Text("zonder lijn")


def test_markup_of_the_editor_does_not_count() -> None:
    assert plain("a&nbsp;b<br>c\r\nd &amp; e ") == "a b\nc\nd & e"


BLOB = "<html-blob><u></u><p><span>{}</span></p></html-blob>"


@pytest.mark.parametrize(
    "stored",
    [
        "Stoelen klaarzetten\nNa vieren",
        BLOB.format("Stoelen klaarzetten<br>Na vieren"),
        "<p>Stoelen klaarzetten</p><p>Na vieren</p>",
        "<div>Stoelen&nbsp; klaarzetten</div>\n\n<div>Na <b>vieren</b></div>",
        "<ul><li>Stoelen klaarzetten</li><li>Na <u></u>vieren</li></ul>",
    ],
)
def test_texts_that_read_alike_are_alike(stored: str) -> None:
    assert as_read(stored) == "Stoelen klaarzetten\nNa vieren"


def test_what_is_no_markup_stays() -> None:
    assert plain("Mail <jan@example.nl> of <TBC>, 3 < 4") == "Mail <jan@example.nl> of <TBC>, 3 < 4"
    assert as_read('<a href="https://example.org/a">https://example.org/a</a>') == "https://example.org/a"


def test_a_description_saved_in_an_editor_is_taken_apart_without_half_tags() -> None:
    line = LINE["nl"]
    assert take_apart(BLOB.format(f"boven<br><br>{line}<br>notitie")) == Text("boven", "", "notitie")
    assert take_apart(BLOB.format(f"boven<br>{line}")) == Text("boven")
    paragraphs = f"<p>boven</p><p>{line}</p><p>⚠ nee</p><p>een <b>notitie</b></p>"
    assert take_apart(paragraphs) == Text("<p>boven</p>", "⚠ nee", "<p>een <b>notitie</b></p>")


def test_googles_conference_block_counts_for_nothing_and_what_a_booking_says_in_one_is_kept() -> None:
    edge = "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"
    block = f"{edge}\nJoin: https://meet.example.org/abc\n{edge}"
    assert plain(f"notitie\n{block}") == "notitie"
    assert as_read(escape(f"notitie\n{block}")) == "notitie\nJoin: https://meet.example.org/abc"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_refusal_has_its_sentence_and_a_date(language: str) -> None:
    assert notice("period_taken", language, clock(NOW, "UTC")).startswith("⚠ 23-11-2026 08:00 i-Reserve")
    assert sentence("never heard of", language) == sentence("other", language)


@pytest.mark.parametrize(
    ("above", "left"),
    [
        ("<b><i>Zaal</b></i> A", "<b>Zaal</b> A"),
        ("<b>Zaal A", "Zaal A"),
        ("Zaal</b> A", "Zaal A"),
        ("<b>Zaal</b><br><i>A</i>", "<b>Zaal</b><br><i>A</i>"),
        ("<p><b></b></p>", ""),
    ],
)
def test_what_the_line_cuts_from_the_rest_is_left_without_half_a_tag(above: str, left: str) -> None:
    assert take_apart(f"{above}{LINE['nl']}") == Text(left)


@pytest.mark.parametrize(
    ("code", "stays"),
    [
        (0x00, False), (0x08, False), (0x09, True), (0x0A, True), (0x0D, True), (0x0E, False), (0x1F, False),
        (0x20, True), (0x7E, True), (0x7F, False), (0x9F, False), (0xA0, True), (0x2027, True), (0x2028, False),
        (0x2029, False), (0x202A, False), (0x202E, False), (0x202F, True), (0x2065, True), (0x2066, False),
        (0x2069, False), (0x206A, True), (0xD7FF, True), (0xD800, False), (0xDFFF, False), (0xE000, True),
    ],
)  # fmt: skip
def test_what_is_not_seen_or_turns_the_direction_of_reading_is_removed(code: int, *, stays: bool) -> None:
    assert readable(f"a{chr(code)}b") == (f"a{chr(code)}b" if stays else "ab")


@pytest.mark.parametrize("tag", ["u", "p", "span", "b", "i"])
def test_an_element_with_nothing_in_it_is_left_out(tag: str) -> None:
    assert take_apart(f"Zaal <{tag}> </{tag}>A{LINE['nl']}").above == "Zaal A"


@pytest.mark.parametrize("tag", ["br", "hr", "img"])
def test_a_tag_that_holds_nothing_is_no_half_of_anything(tag: str) -> None:
    assert take_apart(f"Zaal<{tag}>A{LINE['nl']}").above == f"Zaal<{tag}>A"


@pytest.mark.parametrize("gap", ["<br>", "<br/>", "<BR />", "<br         />", "\r\n", "\r", " \n", "<br> <br/>\n"])
def test_breaks_and_spaces_around_a_text_do_not_belong_to_it(gap: str) -> None:
    assert take_apart(f"{gap}Zaal A{gap}").above == "Zaal A"
    assert take_apart(f"{gap}A{gap}").above == "A"
    assert take_apart(gap).above == ""


def test_a_tag_that_looks_like_a_break_belongs_to_the_text() -> None:
    assert take_apart("Zaal<br          />").above == "Zaal<br          />"  # ten spaces
    assert take_apart("A <b>").above == "A <b>"
    assert take_apart("<").above == "<"


@pytest.mark.parametrize(
    "tag", ["br", "p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "hr", "h1", "h6"]
)
def test_what_begins_a_line_for_a_reader_begins_one_in_the_plain_text(tag: str) -> None:
    assert plain(f"een<{tag}>twee") == "een\ntwee"
    assert plain(f"een<{tag} class='x'>twee") == "een\ntwee"


def test_at_most_one_empty_line_stands_between_two_of_a_plain_text() -> None:
    assert plain("een\n\n\n\ntwee\n\ndrie\nvier") == "een\n\ntwee\n\ndrie\nvier"
    assert plain("een  en\xa0 twee \n") == "een en twee"


def test_a_booking_cannot_write_the_services_line_or_its_sign() -> None:
    assert escape(f"⚠ Let op {LINE['nl']}") == "! Let op "
    assert escape("a ———— i-Reserve en meer\nb") == "a \nb"
    assert escape('"5" < 7') == '"5" &lt; 7'


@pytest.mark.parametrize(
    ("text", "line", "whole"),
    [
        (Text(), True, "{line}"),
        (Text(), False, ""),
        (Text("boven"), False, "boven"),
        (Text("boven"), True, "boven\n\n{line}"),
        (Text("boven", "⚠ nee"), False, "boven\n\n{line}\n⚠ nee"),
        (Text("boven", "", "onder"), False, "boven\n\n{line}\nonder"),
        (Text("", "⚠ nee", "onder"), True, "{line}\n⚠ nee\nonder"),
    ],
)
def test_the_line_is_left_out_only_where_nothing_stands_below_it(text: Text, line: bool, whole: str) -> None:  # noqa: FBT001
    for language in ("nl", "en"):
        assert put_together(text, language, line=line) == whole.format(line=LINE[language])
    assert put_together(text, "nl") == put_together(text, "nl", line=True)


@pytest.mark.parametrize(
    ("above", "said", "added"),
    [
        ("a\nb", "a", "b"),
        ("a\n\nb\n\nc", "a\nb", "c"),
        ("<p>a</p><p>1 &lt; 2</p>", "a", "1 &lt; 2"),
        ("a", "a", ""),
        ("a en b", "a", ""),
        ("b\na", "a", ""),
        ("a", "a\nb", ""),
        ("b", "", "b"),
        ("a\n⚠ 23-11-2026 08:00 Nee.\nb", "a", "b"),
        ("a\n---- i-Reserve · schrijf onder deze regel ----\nb", "a", "b"),
        ("a\n-- i-Reserve · write below this line --", "a", ""),
    ],
)
def test_what_people_add_to_what_a_booking_says_is_told_apart(above: str, said: str, added: str) -> None:
    assert added_to(above, said) == added


@pytest.mark.parametrize("category", SENTENCES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_category_has_a_sentence_of_its_own_in_each_language(category: str, language: str) -> None:
    said = sentence(category, language)
    assert said.endswith(".")
    assert [each for each in SENTENCES if sentence(each, language) == said] == [category]


CATEGORIES = {
    "period_taken", "object_unknown", "status_forbidden", "not_applied", "not_allowed", "activity", "object_change",
    "which_object", "occupied", "booking_moved", "booking_cancelled", "day_or_hour", "other",
}  # fmt: skip


def test_the_sentences_are_found_by_the_codes_of_refusals() -> None:
    assert {*SENTENCES} == CATEGORIES


def test_a_sign_below_what_people_wrote_is_theirs() -> None:
    for language in ("nl", "en"):
        assert take_apart(f"{LINE[language]}\nonder\n⚠ eigen").notice == ""
        assert take_apart(f"{LINE[language]}\nonder\n⚠ eigen").below == "onder\n⚠ eigen"
        assert take_apart(f"{LINE[language]}<br> <b></b>⚠ nee\nonder") == Text("", "⚠ nee", "onder")
