"""A browser's tab on the console, over WSGI."""

import html
import re

from werkzeug.test import Client, TestResponse

from tests.harness.place import KEY, PLANNER, PRODUCT, Place


class Tab:
    """A browser's tab: it keeps the session's cookie and sends the token of its forms."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._client = Client(place.app(place.ports))
        self.get("/console/?key=" + KEY)
        self.get("/console/language/en")
        found = re.search(r'name="csrf_token" value="(\w+)"', self.get("/console/").text)
        self.token = found[1] if found else ""

    def get(self, path: str, **options: object) -> TestResponse:
        return self._client.get(path, base_url=PRODUCT, **options)

    def post(self, path: str, token: str | None = None, **form: str) -> TestResponse:
        data = {"csrf_token": self.token if token is None else token, **form}
        return self._client.post(path, base_url=PRODUCT, data=data)

    def consent(self, account: str = PLANNER, decision: str = "allow") -> TestResponse:
        """Go through Step 1 in this browser."""
        return self._place.consent(account=account, decision=decision, browser=self._client)

    def forget_language(self) -> None:
        self._client.delete_cookie("console_language", domain="127.0.0.1")

    def seen(self, path: str) -> str:
        return html.unescape(self.get(path).text)
