"""A browser tab on the console, over WSGI."""

import html
import re
from html.parser import HTMLParser

from werkzeug.test import Client, TestResponse

from tests.harness.place import KEY, PLANNER, PRODUCT, Place


class Tab:
    """A browser tab, which keeps the session's cookie and sends the token of its forms."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._client = Client(place.application)
        self.get("/console/?key=" + KEY)
        self.get("/console/language/en")
        found = re.search(r'name="csrf_token" value="(\w+)"', self.get("/console/").text)
        self.token = found[1] if found else ""

    def get(self, path: str, **options: object) -> TestResponse:
        return self._client.get(path, base_url=PRODUCT, **options)

    def post(self, path: str, token: str | None = None, **form: str | list[str]) -> TestResponse:
        data = {"csrf_token": self.token if token is None else token, **form}
        return self._client.post(path, base_url=PRODUCT, data=data)

    def consent(self, account: str = PLANNER, decision: str = "allow") -> TestResponse:
        """Go through Step 1 in this browser."""
        return self._place.consent(account=account, decision=decision, browser=self._client)

    def forget_language(self) -> None:
        self._client.delete_cookie("console_language", domain="127.0.0.1")

    def seen(self, path: str) -> str:
        return html.unescape(self.get(path).text)

    def change(self, path: str, **typed: str | list[str]) -> TestResponse:
        """Send the form of a settings page as shown, with these answers changed."""
        page = _Form(path)
        page.feed(self.get(path).text)
        return self._client.post(path, base_url=PRODUCT, data={**page.values, "csrf_token": self.token, **typed})


class _Form(HTMLParser):
    """Return what a browser would send of the form with this address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._action, self._within, self._select, self._area = action, False, "", ""
        self._many = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = given.get("action") == self._action
        name = given.get("name", "")
        if not self._within:
            return
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._add(name, given.get("value", "on"))
        self._select = name if tag == "select" else self._select
        self._many = "multiple" in given if tag == "select" else self._many
        self._area = name if tag == "textarea" else self._area
        if tag == "textarea":
            self._add(name, "")
        if tag == "option" and self._many:
            if "selected" in given:
                self._add(self._select, given.get("value", ""))
        elif tag == "option" and (self._select not in self.values or "selected" in given):
            self.values[self._select] = [given.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area][-1] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._within = False
        if tag == "textarea":
            self._area = ""

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)
