"""A soak over sockets: `python -m tests.soak.soak --minutes 10 --seed 1 [--backend cloud]`; `make soak` runs it.

The product and both simulators are processes of their own, as in the demo. People work on both sides by the seed (which the
clock of the machine makes a different story each time), hints are lost, doubled, late and reordered, both outsides fail, the
product is killed, stalled or cannot write its files. Then all is well again, and what both simulators show is read over HTTP
and compared as in the worlds, beside the product's own audit. Prints a table; 1 if a promise was broken.
"""

import argparse
import random
import resource
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import requests

from sandbox.cloud_stage import CloudStage
from sandbox.stage import Stage, StageError
from tests.world.choice import Choice
from tests.world.deeds import DEEDS, Deeds, drawn
from tests.world.promises import apart, as_named

# after a refused login, or in another dialect, the service waits for an administrator, whom a soak does not have
WITHOUT_A_PERSON = {name: of for name, of in DEEDS.items() if name not in ("refuse", "dialect")}
OUTSIDE = ("webhooks", "notifications", "flush", "fail", "away", "forget_tokens", "pages")
KILLED = ("sync_task", "booking_webhook", "calendar_notification", "sweep")
NO_FILE_LONGER = 4096  # bytes, while the disk is "full"
PATIENCE = 420.0  # seconds until both sides must agree; a killed worker's lease alone lasts 90
NOTHING_NEW = 40.0  # seconds in which another look must write nothing


class Soak(Deeds):
    """One run on one stage."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.dice = stage, random.Random(seed)  # noqa: S311
        now = self.google("GET", "clock")["now"]
        self.first_day = date.fromisoformat(now[:10]) + timedelta(days=1)
        self.counts = Counter[str]()
        self.choice = self._settled_on(seed)

    def google(self, method: str, path: str, body: Any = None) -> Any:
        return self.stage.control("google", method, path, body)

    def ireserve(self, method: str, path: str, body: Any = None) -> Any:
        return self.stage.control("ireserve", method, path, body)

    def attempt(self, method: str, path: str, body: Any) -> None:
        with suppress(StageError):
            self.google(method, path, body)

    def _settled_on(self, seed: int) -> Choice:
        """Activate with settings of the seed; those that the product refuses are drawn anew."""
        while True:
            drawn_ = Choice.of(random.Random(f"settings {seed}"))  # noqa: S311
            sync = {**drawn_.sync, "cancel_grace_seconds": 5, "sweep_minutes": 1, "window_days": (-7, 60)}
            choice = replace(drawn_, sync=sync)
            parts = {name: getattr(choice, name) for name in ("outbound", "inbound", "sync", "language")}
            for number in choice.rooms:
                self.ireserve("PATCH", f"objects/{number}", {"places": choice.places})
            try:
                self.stage.set_up(mapping=[asdict(row) for row in choice.rows], **parts)
            except StageError as refused:
                if "answered 422" not in str(refused):
                    raise
                seed += 1000
                continue
            self.stage.until(lambda: self.stage.api("GET", "/7")["backfill"].get("finished_at"), what="the backfill")
            return choice

    # what happens

    def go_on(self, seconds: float) -> None:
        """Let people work and things go wrong."""
        until = time.monotonic() + seconds
        kill_at = time.monotonic() + self.dice.uniform(4, 9)
        while time.monotonic() < until:
            (deed,) = drawn(self.dice, WITHOUT_A_PERSON, 1)
            self.counts["faults" if deed[0] in OUTSIDE else "deeds"] += 1
            with suppress(StageError, requests.RequestException, LookupError):  # what was refused did not happen
                self.do(deed)
            time.sleep(self.dice.uniform(0.1, 1.0))
            if time.monotonic() > kill_at:
                self._mishap()
                kill_at = time.monotonic() + self.dice.uniform(4, 9)

    def _mishap(self) -> None:
        if isinstance(self.stage, CloudStage):
            self.stage._services[self.dice.choice(KILLED)].kill()
            self.counts["kills"] += 1
            return
        process = self.stage._processes["product"]
        what, pause = self.dice.random(), self.dice.uniform(0.2, 3)
        if what < 0.7:
            self.stage.break_down()
            self.counts["kills"] += 1
            time.sleep(pause)
            self.stage.recover()
        elif what < 0.85:
            process.send_signal(signal.SIGSTOP)
            time.sleep(pause)
            process.send_signal(signal.SIGCONT)
            self.counts["stalls"] += 1
        else:
            for limit in (NO_FILE_LONGER, resource.RLIM_INFINITY):
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                time.sleep(pause)
            self.counts["full disks"] += 1

    # rest

    def rest(self) -> list[str]:
        """Let all be well, and return the promises that are broken once both sides had time to agree."""
        self.all_well()
        deadline, found = time.monotonic() + PATIENCE, ["nothing was looked at"]
        self._ask("POST", "/7/sweep")
        self._resume()
        while found and time.monotonic() < deadline:
            time.sleep(10)
            with suppress(StageError, requests.RequestException):
                found = [*self._apart(), *self._left_over()] or self._audit() or self._waiting()
                self.counts["looks until it agreed"] += 1
        self._explain(found)
        return [*found, *self._restless()]

    def _resume(self) -> None:
        """Resume what the brake paused, as a person does who reads of it; until then such a pair is left apart."""
        for pair in self._pairs().values():
            if pair["state"] == "paused":
                self._ask("POST", f"/7/links/{pair['id']}/resume")
                self.counts["paused pairs, resumed"] += 1

    def _ask(self, method: str, path: str) -> Any:
        return self.stage.until(lambda: self._answer(method, path), f"{method} {path}")[0]

    def _answer(self, method: str, path: str) -> list[Any]:
        try:
            return [self.stage.api(method, path)]
        except (StageError, requests.RequestException):
            time.sleep(1)
            return []

    def _apart(self) -> list[str]:
        pairs = self._pairs()
        unnamed = {
            number: each["event"]["id"] for number, each in pairs.items() if each["event"] and not each["write_back"]
        }
        without = {number for number, each in pairs.items() if not each["event"]}
        bookings = as_named(self.choice, self.bookings(), unnamed, without)
        named = {each["external_id"] for each in bookings}
        shown = [each for each in self.shown() if each[1]["id"] in named or not _is_marked(each[1])]
        states = {number: str(each["state"]) for number, each in pairs.items()}
        return apart(self.choice, bookings, shown, lambda number: states.get(number, "none"), lambda _: "none")

    def _pairs(self) -> dict[str, dict[str, Any]]:
        """Return the pair of each booking that has one, by the booking's number."""
        asked = ((str(each["id"]), self._ask("GET", f"/7/links?booking={each['id']}")) for each in self.bookings())
        return {number: found[0] for number, found in asked if found}

    def _left_over(self) -> list[str]:
        entries = self._ask("GET", "/7/journal?limit=500")
        found = [f"open: journal entry {each['step']}" for each in entries if each["outcome"] == "open"]
        parked = self._ask("GET", "/7/parked")
        return found + [f"parked: {each['kind']} because of {each['reason']}" for each in parked]

    def _waiting(self) -> list[str]:
        """Return the pairs that wait for the end of a grace, or of a write: neither both sides nor the audit tells."""
        waits = (each for each in self._pairs().values() if each["state"] == "grace" or each["busy"])
        return [f"waiting: booking {each['booking_id']} is {each['state']} until {each['until']}" for each in waits]

    def _audit(self) -> list[str]:
        self._ask("POST", "/7/audit")
        done = self.stage.until(
            lambda: (audit := self._ask("GET", "/7/audit"))["state"] == "done" and audit, "the audit"
        )
        found = [each for each in done["findings"] if each["kind"] != "left_alone"]
        for each in found:
            say(f"  not at rest yet: {self._told(each)}")
        return [f"audit {each['kind']}: {each}" for each in found]

    def _explain(self, found: list[str]) -> None:
        """Say all that is known of the bookings that broken promises name, by number or by event: the journal ends with the stage."""
        words = {word for each in found for word in each.replace(":", " ").split()}
        for each in self.bookings():
            if words & {str(each["id"]), each["external_id"] or "-"}:
                say(f"  broken: {self._told({'booking_id': str(each['id'])})}")

    def _told(self, finding: dict[str, Any]) -> str:
        """Return all that both sides and the product say of a finding."""
        booking, calendar, event = (finding.get(name, "") for name in ("booking_id", "calendar", "event_id"))
        parts: list[Any] = [finding]
        with suppress(StageError, requests.RequestException, LookupError):
            parts += [each for each in self.bookings() if str(each["id"]) == booking]
            parts += [each for room, each in self.shown() if (room, each["id"]) == (calendar, event)]
            parts.append(self._ask("GET", f"/7/links?booking={booking}"))
            parts.append(self._ask("GET", f"/7/journal?limit=20&booking={booking}"))
        return "\n    ".join(str(each) for each in parts)

    def _restless(self) -> list[str]:
        marks = [self.stage.control(side, "GET", "calls")["last"] for side in ("google", "ireserve")]
        self._ask("POST", "/7/resync")
        time.sleep(NOTHING_NEW)
        google = self.google("GET", f"calls?since={marks[0]}")["calls"]
        ireserve = self.ireserve("GET", f"calls?since={marks[1]}")["calls"]
        reads = ("list", "get", "instances", "watch", "stop")
        wrote = [each["api"] for each in google if "events" in str(each["api"]) and not each["api"].endswith(reads)]
        wrote += [f"{each['method']} {each['path']}" for each in ireserve if each["method"] != "GET"]
        lately = [str(each) for each in self._ask("GET", f"/7/journal?limit={len(wrote)}")] if wrote else []
        return [f"restless: another look wrote {wrote}; the journal's last: {'; '.join(lately)}"] if wrote else []

    def traces(self) -> int:
        """Return how many stack traces the product has logged."""
        return self.stage.log("product").count("Traceback (most recent call last)")


def _is_marked(event: dict[str, Any]) -> bool:
    """Whether an event bears our mark; one that no booking names is an occupied one, or the audit's to find."""
    return "ireserve_link" in event.get("extendedProperties", {}).get("private", {})


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backend", choices=("standalone", "cloud"), default="standalone")
    parser.add_argument("--keep", type=Path, help="where state and logs stay")
    options = parser.parse_args()
    began = time.monotonic()
    with CloudStage(options.keep) if options.backend == "cloud" else Stage(options.keep) as stage:
        soak = Soak(stage, options.seed)
        say(f"{options.backend}, seed {options.seed}: {soak.choice}")
        soak.go_on(options.minutes * 60)
        found = soak.rest()
        kinds = Counter(each.split(":", maxsplit=1)[0] for each in found)
        rows = [("minutes", f"{(time.monotonic() - began) / 60:.0f}"), *soak.counts.items()]
        rows += [
            (kind, kinds[kind])
            for kind in ("lost", "doubled", "apart", "silent", "restless", "parked", "open", "waiting")
        ]
        rows += [("audit", sum(many for kind, many in kinds.items() if kind.startswith("audit")))]
        rows += [("stack traces", soak.traces())]
        say("\n".join(["| what | number |", "|---|---|", *(f"| {name} | {number} |" for name, number in rows)]))
        for each in found:
            say(f"    {each}")
        return int(bool(found) or soak.traces() > 0)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
