"""Addresses from outside: of the web, of a mailbox."""

import pytest

from functions.domain.model.addresses import guest_address, is_mail_address, origin_of, rest_base, web_address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tenant.example",
        "ftp://tenant.example",
        "https://",
        "https://ten ant.example",
        "https://tenant.example/\n",
        "https://[::1",
        "https://tenant.example:99999",
        "https://tenant.example:0",
        f"https://{'a' * 64}.example",
        f"https://tenant.example/{'x' * 1978}",
    ],
)
def test_what_is_no_web_address_has_no_parts_and_no_origin(text: str) -> None:
    assert web_address(text) is None
    assert origin_of(text) is None


def test_a_web_address_may_be_long_and_have_a_port_and_a_path() -> None:
    longest = f"https://tenant.example/{'x' * 1977}"
    assert len(longest) == 2000
    parts = web_address(longest)
    assert parts is not None
    assert (parts.scheme, parts.hostname) == ("https", "tenant.example")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Tenant.example/api?x=1", ("https", "tenant.example", 443)),
        ("http://tenant.example.", ("http", "tenant.example", 80)),
        ("https://u:p@tenant.example:8443/", ("https", "tenant.example", 8443)),
    ],
)
def test_an_origin_is_scheme_host_and_port_whatever_else_the_address_says(
    text: str, origin: tuple[str, str, int]
) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize("more", ["", "/", "/json", "/xml", "/json/", " "])
def test_i_reserve_s_address_ends_where_its_methods_begin(more: str) -> None:
    assert rest_base(f"https://tenant.example/api/rest{more}") == "https://tenant.example/api/rest"
    for other in ("https://tenant.example/json", "https://tenant.example/X"):
        assert rest_base(other) == other


@pytest.mark.parametrize(
    "text",
    [
        "klant@example.org",
        "jan.de.vries+zaal@mail.example.org",
        f"{'n' * 64}@example.org",
        f"klant@{'h' * 60}.{'h' * 60}.{'h' * 60}.{'h' * 61}.org",
    ],
)
def test_one_mail_address_is_one(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "klant",
        "@example.org",
        "klant@",
        "klant@example",
        "klant@example..org",
        "klant@.org",
        "jan..vries@example.org",
        ".jan@example.org",
        "'jan@example.org",
        "twee@een@example.org",
        "jan vries@example.org",
        "jan@example.org, piet@example.org",
        "Jan <jan@example.org>",
        "jan\t@example.org",
        f"{'n' * 65}@example.org",
        f"klant@{'h' * 60}.{'h' * 60}.{'h' * 60}.{'h' * 62}.org",
    ],
)
def test_what_google_would_refuse_as_a_guest_is_no_mail_address(text: str) -> None:
    assert not is_mail_address(text)


def test_a_customer_is_invited_at_an_address_of_his_own_and_at_no_calendars() -> None:
    assert guest_address(" Klant@Example.org ") == "klant@example.org"
    assert guest_address("klant@mycalendar.google.com") == "klant@mycalendar.google.com"
    for host in ("resource", "group", "group.v", "ｇroup"):
        assert guest_address(f"zaal@{host}.calendar.google.com") == ""
    for text in (
        "c_hall1@Resource.Calendar.Google.com",
        "x@calendar.google.com",
        "x@resource.calendar.ｇoogle.com",
        "klant",
        "",
    ):
        assert guest_address(text) == ""
