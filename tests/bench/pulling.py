"""How fast are events pulled, and in how much memory? Beside gcal_sync, and beside downloading and decoding alone."""

import gc
import http.client
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from google.oauth2.credentials import Credentials

from functions.adapters.google.calendar import PAGE_SIZE, GoogleCalendars
from functions.adapters.google.event import page_of
from functions.adapters.google.http import checked
from functions.adapters.google.json_model import QuickJson
from functions.application import dispatch as work
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Calendars, Ports, pages
from functions.application.store import calendars
from functions.domain.model.event import Event
from functions.domain.model.identity import calendar_hash
from functions.domain.settings.integration import Integration
from tests.bench.filled import Pair, fill
from tests.bench.measure import ROOM_A, ROOM_B, ROOT, Figure, Plan, at_most, pairs
from tests.bench.recorded import event_id, start_of
from tests.harness.place import Place, _Outside

ECHOES = (2_500, 5_000)  # one page, and two
OTHER = ROOT / ".venv-bench" / "bin" / "python"
SMALL_PAGE = 500


class Spent(NamedTuple):
    """Seconds that something took, and seconds of the processor: what else runs changes these much less."""

    wall: float
    processor: float


@contextmanager
def measured() -> Iterator[Callable[[], Spent]]:
    """Give what tells, after the block, how much time it took."""
    began, used = time.perf_counter(), time.process_time()
    took: list[Spent] = []
    yield took.pop
    took.append(Spent(time.perf_counter() - began, time.process_time() - used))


class Source:
    """The recorded pages: read by ours, by gcal_sync, or only downloaded and decoded."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.address, self.token, self.sync = str(told["address"]), str(told["token"]), told["sync"]

    def calendars(self, page_size: int = PAGE_SIZE) -> GoogleCalendars:
        who = Credentials(self.token)  # type: ignore[no-untyped-call]
        http = checked(allow_private=True)()
        return GoogleCalendars(lambda: http, who, endpoint=f"{self.address}/calendar/v3/", page_size=page_size)

    def first_page(self) -> bytes:
        """Return the first page of the first calendar, as Google would send it."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc)
        connection.request(
            "GET", f"/calendar/v3/calendars/{quote(ROOM_A)}/events?singleEvents=true&maxResults={PAGE_SIZE}"
        )
        return connection.getresponse().read()

    def decoded(self, sync_token: str = "") -> Callable[[], Spent]:
        """Return what downloads and decodes every page and does nothing with it."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc)
        path = f"/calendar/v3/calendars/{quote(ROOM_A)}/events?singleEvents=true&maxResults={PAGE_SIZE}"
        path += f"&syncToken={sync_token}" if sync_token else ""

        def run() -> Spent:
            with measured() as took:
                page: str | None = ""
                while page is not None:
                    connection.request("GET", path + (f"&pageToken={page}" if page else ""))
                    page = json.loads(connection.getresponse().read()).get("nextPageToken")
            return took()

        return run


def measure(plan: Plan) -> Iterator[Figure]:
    count, rounds = plan.of(10_000, 1_000), plan.of(9, 2)
    with ExitStack() as stack:
        source = stack.enter_context(_recorded(count, count // 5))
        adapter, whole = _adapter(source, count), stack.enter_context(_pulls(source, count, PAGE_SIZE))
        shape = f"{count} events in pages of {PAGE_SIZE}, recorded from the simulator"
        bare, bare_changes = source.decoded(), source.decoded(source.sync[ROOM_A])
        for run in (adapter, bare, bare_changes):
            run()
        whole(ROOM_A)
        found = pairs(rounds, lambda: adapter().processor, lambda: bare().processor)
        yield at_most("pages -> Events / download + json.loads, processor time", 2, found, shape)
        read = _adapter(source, count, lambda event: event.title)
        found = pairs(rounds, lambda: read().processor, lambda: bare().processor)
        how = "an echo needs no more than key, etag and time; whoever asks for another part has all of them read"
        yield Figure.told("the same with every part of every event", found, how)
        found = pairs(rounds, lambda: whole(ROOM_A).processor, lambda: bare_changes().processor)
        yield at_most("a whole pull of echoes / the same, processor time", 4, found, "links looked up in SQLite")
        if OTHER.exists():
            other = stack.enter_context(_gcal_sync(source, count))
            other()
            how = "gcal_sync with its in-memory store and its pages of 1000, of the same events"
            yield at_most("pages -> Events / gcal_sync", 1, pairs(rounds, lambda: adapter().wall, other), how)
            found = pairs(rounds, lambda: whole(ROOM_A).wall, other)
            yield at_most("a whole pull of echoes / gcal_sync", 1, found, how)
        else:
            yield Figure("pages -> Events / gcal_sync", "<= 1 x", "-", None, "gcal_sync could not be installed")
    for count in ECHOES[: plan.of(2, 1)]:
        yield from _echoes(count, plan.of(15, 2))
    small = plan.of(5_000, 2_500)
    with _recorded(small, small // 5) as source, _pulls(source, small, SMALL_PAGE) as pull:
        pull(ROOM_B)
        ratios = [_peak(lambda: pull(ROOM_A)) / _peak(lambda: pull(ROOM_B)) for _ in range(plan.of(3, 1))]
    how = f"tracemalloc's peak during a whole pull of echoes in pages of {SMALL_PAGE}"
    yield at_most(f"memory of {small // SMALL_PAGE} pages / of {small // 5 // SMALL_PAGE}", 1.2, ratios, how)


def _echoes(count: int, rounds: int) -> Iterator[Figure]:
    """Measure smaller calendars too, whose pulls cost more for each event, and what is left without the download."""
    with _recorded(count, 1) as source, _pulls(source, count, PAGE_SIZE, few=1) as whole:
        bare, body = source.decoded(source.sync[ROOM_A]), source.first_page()

        def parsed() -> float:
            with measured() as took:
                page_of(ROOM_A, QuickJson().deserialize(body))
            return took().processor

        def loaded() -> float:
            with measured() as took:
                json.loads(body)
            return took().processor

        for run in (bare, parsed, loaded):
            run()
        whole(ROOM_A)
        found = pairs(rounds, lambda: whole(ROOM_A).processor, lambda: bare().processor)
        what = f"a whole pull of {count} echoes / download + json.loads, processor time"
        yield at_most(what, 4, found, "links looked up in SQLite")
        if count == PAGE_SIZE:
            how = "stricter than the budget, which is for both with their download"
            yield Figure.told("a page -> Events / json.loads, processor time", pairs(rounds, parsed, loaded), how)


def _adapter(
    source: Source, count: int, look: Callable[[Event], object] = lambda event: event.when
) -> Callable[[], Spent]:
    ours = source.calendars()

    def run() -> Spent:
        found = 0
        with measured() as took:
            for page in pages(lambda token: ours.changes(ROOM_A, page=token)):
                found += sum(look(item) is not None for item in page.items if isinstance(item, Event))
        assert found == count, found
        return took()

    return run


@contextmanager
def _pulls(source: Source, count: int, page_size: int, few: int = 0) -> Iterator[Callable[[str], Spent]]:
    """Give what does the product's own task of pulling a calendar, in which every event is an echo."""
    few = few or count // 5
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), on_disk=True)
        place.activate(sync={"backfill": "none"})
        for calendar, number in ((ROOM_A, count), (ROOM_B, few)):
            place.file.close()
            _link(Path(folder) / "sync.sqlite", source, calendar, number)

        class Outside(_Outside):
            def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:  # noqa: ARG002
                return source.calendars(page_size)

        ports = replace(place.ports, outside=Outside(place))

        def run(calendar: str) -> Spent:
            _rewind(ports, calendar, source.sync[calendar])
            place.log.clear()
            with measured() as took:
                work.run(ports, Hint(Kind.CALENDAR, "7", (calendar_hash(calendar),), "poll", place.now).body())
            pulled = next(line for line in place.log if line["event"] == "pulled")
            assert pulled["events"] == (count if calendar == ROOM_A else few), pulled
            assert pulled["changed"] == 0, pulled
            return took()

        gc.collect()
        gc.freeze()  # as the product does once it is loaded; what the bench has loaded is several times as much
        yield run
        gc.unfreeze()
        place.file.close()


def _link(path: Path, source: Source, calendar: str, count: int) -> None:
    numbers, etags = range(count), {}
    for page in pages(lambda token: source.calendars().changes(calendar, page=token)):
        etags.update({item.key.id: getattr(item, "etag", "") for item in page.items})
    known = (Pair(f"{calendar[5]}{n}", calendar, event_id(n), start_of(n), etags[event_id(n)]) for n in numbers)
    fill(path, "7", known)


def _rewind(ports: Ports, calendar: str, sync_token: str) -> None:
    calendars.change(
        ports.documents, "7", calendar, lambda state: replace(state, sync_token=sync_token, page="", listing=False)
    )


@contextmanager
def _recorded(count: int, few: int) -> Iterator[Source]:
    command = [sys.executable, "-m", "tests.bench.recorded", str(count), str(few)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Source(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


@contextmanager
def _gcal_sync(source: Source, count: int) -> Iterator[Callable[[], float]]:
    command = [str(OTHER), str(Path(__file__).with_name("gcal_sync_runs.py")), source.address, source.token, ROOM_A]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def run() -> float:
            assert process.stdin
            assert process.stdout
            process.stdin.write("\n")
            process.stdin.flush()
            seconds, found = process.stdout.readline().split()
            assert int(found) == count, found
            return float(seconds)

        try:
            yield run
        finally:
            process.terminate()


def _peak(run: Callable[[], object]) -> int:
    gc.collect()
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
