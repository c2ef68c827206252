"""What stops the product, or takes from it what it needs, and what an administrator does about it.

Each stop lasts until it is mended, which comes before the rest of a story at the latest.
"""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from functions.adapters.secrets.file_secrets import FileSecrets
from functions.adapters.secrets.file_secrets import Kept as Secrets
from functions.application.setting_up.settings_input import raw_of
from functions.application.store import integrations
from functions.application.store.stopped import lacks_consent
from functions.domain.settings.integration import Phase
from tests.harness.people import ROOM_A, ROOM_B
from tests.harness.place import KEY, PASSWORD, PLANNER, SCOPES, Place
from tests.world.choice import Choice

ACCESS = ("none", "freeBusyReader", "reader")
ROOMS = (ROOM_A, ROOM_B)
ROUNDS = 20  # most parked items of a page that a person tries again


class Stops(Place):
    """Each `do_…` is one deed."""

    choice: Choice
    owed: frozenset[str]

    @abstractmethod
    def _asked(self, method: str, path: str, **body: Any) -> int:
        """Return the status of the answer to an administrator's order."""

    @abstractmethod
    def calmly(self) -> Any:
        """Keep the store out of trouble for a while."""

    def do_stop(self, how: int) -> None:
        """Pause, deactivate, disconnect, withdraw the consent at Google, or change the password in i-Reserve."""
        self.owed |= {"retry"}
        match how:
            case 0:
                self._asked("POST", "/pause")
            case 1 | 2:
                self._asked("POST", "/deactivate")
                if how == 2:
                    self._asked("POST", "/disconnect")
            case 3:
                self.google("POST", "tokens/revoke", {})
            case _:
                self.ireserve("PATCH", "users/api_calendar", {"password": "another"})

    def do_shut(self, room: int, access: int) -> None:
        """The account loses a calendar, or may no longer write in it, or read it."""
        self.owed |= {"retry"}
        self.google("PATCH", f"calendars/{quote(ROOMS[room])}", {"access_role": ACCESS[access], "account": PLANNER})

    def do_mend(self) -> None:
        """Give back what was taken, and let it go on."""
        self.ireserve("PATCH", "users/api_calendar", {"password": PASSWORD})
        roles = self.world.accounts[PLANNER].roles
        for each in ROOMS:
            if roles[each] != "owner":
                self.google("PATCH", f"calendars/{quote(each)}", {"access_role": "owner", "account": PLANNER})
        now = integrations.get(self.documents, "7")
        if now.ireserve_refused:
            body = {"settings": raw_of(now.settings), "secrets": {"ireserve_password": PASSWORD}}
            self._asked("PUT", "?apply=all", json=body)
        if lacks_consent(now) or not self.world.tokens.refresh:
            with self.calmly():
                self._connect_anew()
        if integrations.get(self.documents, "7").phase is not Phase.ACTIVE:
            self._asked("POST", "/activate")

    def _connect_anew(self) -> None:
        """Go through Step 1 and Step 2."""
        header = {"Authorization": f"Bearer {KEY}"}
        page = urlsplit(self.request("GET", "/integrations/consent/7", headers=header).headers["Location"])
        form = {"account": PLANNER, "scope": list(SCOPES), "decision": "allow"}
        back = urlsplit(self._google.post(page.path, query_string=page.query, data=form).headers["Location"])
        self.request("GET", f"{back.path}?{back.query}")
        state = parse_qs(page.query)["state"][0]
        self._asked("POST", "/connect", json={"state": state, "confirm": PLANNER})

    @contextmanager
    def as_people(self) -> Iterator[None]:
        """Let people act in their own calendars, whatever the account of the product may do there."""
        roles = self.world.accounts[PLANNER].roles
        kept = dict(roles)
        roles.update(dict.fromkeys(ROOMS, "owner"))
        try:
            yield
        finally:
            roles.update(kept)

    def do_mapping(self, how: int) -> None:
        """The objects change calendars, share one, have their own, or show on both; or another object has the second row."""
        first, second = self.choice.rows
        former = self.choice.former | set(self.choice.rooms)
        if how in (4, 5):
            rows = (first, replace(second, object=("12", "11")[how - 4]))
            self.change_settings(replace(self.choice, rows=rows, former=former))
            return
        match how:
            case 0:
                calendars = second.calendar, first.calendar
            case 1:
                calendars = first.calendar, first.calendar
            case _:
                calendars = ROOM_A, ROOM_B
        also: tuple[str, ...] = (calendars[1],) if how == 3 and len({*calendars}) > 1 else ()
        rows = (
            replace(first, calendar=calendars[0], also=also, new_events=len({*calendars}) == 1),
            replace(second, calendar=calendars[1], also=(), new_events=False),
        )
        self.change_settings(replace(self.choice, rows=rows))

    def do_start(self, what: int) -> None:
        """Begin something that goes on beside the rest: an audit, a plan, a search, renewals, or diagnostics."""
        match what:
            case 0:
                self._asked("POST", "/audit")
            case 1:
                self._asked("GET", "/plan?refresh=1")
            case 2:
                self._asked("POST", "/sweep")
            case 3:
                self.renew()
            case _:
                self._asked("GET", "/diagnostics")

    def do_guard(self, most: int) -> None:
        """Let a person decide about removals from so many an hour on."""
        self.change_settings(replace(self.choice, sync={**self.choice.sync, "hold_over": (1, 3, 1000)[most]}))

    def change_settings(self, other: Choice, apply: str = "all") -> None:
        """Apply other settings."""
        settings = other.laid_over(integrations.get(self.documents, "7").settings)
        self._asked("PUT", f"?apply={apply}", json={"settings": raw_of(settings)})
        if (
            integrations.get(self.documents, "7").settings == settings
        ):  # also where an instance died once it had stored them
            self.choice = other

    def do_try_again(self) -> None:
        """Try again what is parked."""
        for each in self.api("GET", "/7/parked")[:ROUNDS]:
            self._asked("POST", f"/parked/{quote(each['id'])}/retry")


class MemorySecrets(FileSecrets):
    """The secrets of a file, which from then on change in memory only."""

    held: Secrets | None = None

    def _read(self, *, starting: bool = False) -> Secrets:
        if self.held is None:
            self.held = super()._read(starting=starting)
        return self.held

    @contextmanager
    def _changing(self) -> Iterator[Secrets]:
        kept = deepcopy(self._read())
        yield kept
        self.held = kept
