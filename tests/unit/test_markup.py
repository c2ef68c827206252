"""HTML in a pasted template: the tags that Google renders stay, the rest goes, and only values are escaped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.model.text import escape
from functions.domain.settings.markup import bare, rendered
from functions.domain.settings.template import fill, template_faults, unfilled
from tests.unit.sketch import booking


@pytest.mark.parametrize(
    ("template", "html"),
    [
        ("<b>{REMARKS}</b>", "<b>{REMARKS}</b>"),
        ('<p class="x" onclick="evil()">Zaal</p>', "<p>Zaal</p>"),
        ('<font color="red">Let op</font>', "Let op"),
        ("<script>evil()</script><style>p{}</style>Zaal", "Zaal"),
        ('<a href="https://example.org/?a=1&b=2">hier</a>', '<a href="https://example.org/?a=1&amp;b=2">hier</a>'),
        ('<a href="javascript:evil()">hier</a>', "hier"),
        ('<a href="https://example.org/{REMARKS}">hier</a>', "hier"),
        ("<table><tr><td>Zaal</td><td>A</td></tr><tr><td>Tijd</td></tr></table>", "Zaal A <br>Tijd"),
        ("<b>open", "<b>open</b>"),
        ("<b><i>gekruist</b> einde</i>", "<b><i>gekruist</i></b> einde"),
        ("los</b> einde", "los einde"),
        ("<head><title>x</title>geheim</head>Zaal", "Zaal"),
        ("regel een<br>regel twee<br/>", "regel een<br>regel twee<br>"),
        ("<p>een<script>evil()</script>\n<style>x</style></style>twee</p>", "<p>een twee</p>"),
        ("5 < 7 & meer", "5 &lt; 7 &amp; meer"),
        ("koffie &amp; thee", "koffie &amp; thee"),
        ("regel een\nregel twee", "regel een\nregel twee"),
        ("<p>regel\neen</p>", "<p>regel een</p>"),
        ("Mail <jan@example.nl>", "Mail &lt;jan@example.nl&gt;"),
        ("<!-- een opmerking -->Zaal", "Zaal"),
    ],
)
def test_what_google_renders_stays_and_the_rest_goes(template: str, html: str) -> None:
    assert rendered(template) == html


def test_values_are_escaped_and_the_template_is_not() -> None:
    made = booking(remarks="<b>5</b> & <script>evil()</script>")
    shown = fill(rendered("<b>{REMARKS}</b>"), made, "Europe/Amsterdam", "nl", escape)
    assert shown == "<b>&lt;b&gt;5&lt;/b&gt; &amp; &lt;script&gt;evil()&lt;/script&gt;</b>"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("<b>{OBJECT}</b> - {BOOKING_NUMBER}", "{OBJECT} - {BOOKING_NUMBER}"),
        ("Koffie &amp; thee", "Koffie & thee"),
        ("5 < 7", "5 < 7"),
        ("<Zaal> {OBJECT}", "<Zaal> {OBJECT}"),
        ("<ul><li>een</li><li>twee</li></ul>", "een\ntwee"),
    ],
)
def test_a_title_has_no_tags(template: str, text: str) -> None:
    assert bare(template) == text


@given(st.text(alphabet=st.sampled_from("<>/ab&;\"'=! -{}\n")))
def test_no_template_makes_another_tag_than_the_kept_ones(template: str) -> None:
    shown = rendered(template)
    opened = shown.replace("<b>", "").replace("</b>", "").replace("<a href=", "").replace("</a>", "")
    assert "<" not in opened


LOOP = "<!-- BEGIN seriesdetail -->{seriesdetail.FROMDATE}<!-- END seriesdetail -->"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (LOOP, "the loop seriesdetail"),
        ("{seriesdetail.FROMDATE}", "belongs to a loop"),
        ("{RES_SOMETHING_ELSE}", "is never filled"),
        ("{Object}", "write it in capitals"),
    ],
)
def test_each_kind_of_fault_has_its_own_sentence(template: str, said: str) -> None:
    (fault,) = template_faults(template)
    assert said in fault


def test_a_column_that_people_know_is_filled() -> None:
    made = booking()
    made.fields["object_desc"] = "Grote zaal"  # type: ignore[index]
    assert list(template_faults("{OBJ_DESC}")) == []
    assert fill("{OBJ_DESC}", made, "Europe/Amsterdam", "nl") == "Grote zaal"


def test_what_this_tenants_answers_have_no_field_for_is_told() -> None:
    made = booking()
    made.fields.update({"price": "", "custom01": ""})  # type: ignore[attr-defined]
    assert unfilled("{BOOKING_NUMBER} {PRICE} {PAID} {RES_CUSTOM1} {RES_CUSTOM07} {REMARKS} {SOMETHING}", made) == (
        "PAID",
        "RES_CUSTOM07",
        "SOMETHING",
    )


@pytest.mark.parametrize("tag", ["b", "em", "i", "li", "ol", "p", "strong", "u", "ul"])
def test_a_tag_that_google_renders_stays(tag: str) -> None:
    assert rendered(f"<{tag}>Zaal</{tag}>").replace("<br>", "") == f"<{tag}>Zaal</{tag}>"


@pytest.mark.parametrize(
    "tag", ["div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "hr", "blockquote", "section"]
)
def test_a_tag_that_begins_a_line_becomes_a_break(tag: str) -> None:
    assert rendered(f"een<{tag}>twee") == "een<br>twee"
    assert bare(f"een<{tag}>twee") == "een\ntwee"


@pytest.mark.parametrize("tag", ["br", "p", "li"])
def test_a_break_is_a_new_line_where_no_markup_is_shown(tag: str) -> None:
    assert bare(f"een<{tag}>twee") == "een\ntwee"


@pytest.mark.parametrize("tag", ["script", "style", "head", "title"])
def test_what_no_reader_sees_is_left_out_with_all_that_is_in_it(tag: str) -> None:
    assert rendered(f"een<{tag}>twee</{tag}>drie") == "eendrie"


@pytest.mark.parametrize(
    "tag",
    [
        "html",
        "body",
        "span",
        "font",
        "center",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "img",
        "s",
        "small",
        "sub",
        "sup",
    ],
)
def test_other_tags_of_html_go_and_their_text_stays(tag: str) -> None:
    assert rendered(f"een <{tag}>twee") == "een twee"


@pytest.mark.parametrize("tag", ["td", "th"])
def test_the_cells_of_a_row_are_set_apart(tag: str) -> None:
    assert rendered(f"<{tag}>een</{tag}><{tag}>twee</{tag}>") == "een twee"


def test_what_is_no_tag_of_html_is_text() -> None:
    assert rendered("een <zaal>") == "een &lt;zaal&gt;"


@pytest.mark.parametrize("tag", ["p", "br", "div", "table", "tr", "ul", "ol"])
def test_in_html_a_new_line_is_a_space(tag: str) -> None:
    assert "een twee" in rendered(f"<{tag}>een\ntwee")


@pytest.mark.parametrize("address", ["https://example.org", "HTTP://example.org", "mailto:a@example.org"])
def test_a_link_to_a_page_or_a_mail_address_stays(address: str) -> None:
    assert rendered(f'<a href=" {address} ">hier</a>') == f'<a href="{address}">hier</a>'


@pytest.mark.parametrize("address", ["", "/hier", "data:text/html,x", "https://", "https://example.org/a b"])
def test_a_link_elsewhere_is_text(address: str) -> None:
    assert rendered(f'<a href="{address}">hier</a>') == "hier"


@pytest.mark.parametrize(
    ("template", "text"),
    [("a &amp; b", "a & b"), ("&#233;&eacute;n", "één"), ("a<!-- x -->b", "ab"), ("5 < 7", "5 < 7")],
)
def test_a_field_without_markup_shows_what_a_reader_would_see(template: str, text: str) -> None:
    assert bare(template) == text


def test_a_tag_within_a_line_breaks_no_field_without_markup() -> None:
    assert bare("een<b>twee</b>drie<ul>vier") == "eentweedrievier"
