"""A storm of hostile requests on every route and form of the product, and what must never come of one.

Run by hand for as long as wanted: `make fuzz N=100000 SEED=1`. A failure names the seed and the request.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from werkzeug.test import Client, EnvironBuilder, TestResponse

from functions.application.intake.notifications import channel_token
from functions.application.intake.webhooks import webhook_token
from tests.attacks import hostile
from tests.attacks.hostile import Forms
from tests.harness.place import KEY, PRODUCT, ROOM_A, SECRETS, WEBHOOK_KEY, Place, example

BATCH = 500  # requests to one product; then there is a new one, for much is deleted by then
PASSWORD, CLIENT_SECRET = "pass-word-that-never-leaks", "client-secret-that-never-leaks"
SECRET = (PASSWORD, CLIENT_SECRET, KEY, WEBHOOK_KEY)
NEAR = {"window_days": [-7, 21]}  # a plan looks at each week of the window
MACHINES = (
    ("GET", "/integrations/redirect/{int_id}"),
    ("POST", "/bookings/{int_id}"),
    ("POST", "/notifications/google"),
    ("POST", "/tasks/sync"),
    ("POST", "/watches/renew"),
    ("POST", "/sweep"),
)
TASK = {"kind": "booking", "int_id": "7", "subject": ["1001"], "source": "webhook", "at": "", "attempt": 0}


@dataclass(slots=True)
class Damage:
    """What a storm did: answers by status, and what must not have happened."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)  # answers of 500, and faults in the work behind
    leaks: list[str] = field(default_factory=list)
    locked_out: int = 0
    slowest: float = 0.0  # seconds of one request

    def none(self) -> bool:
        """Whether nothing happened that must not."""
        return not (self.broken or self.leaks or self.locked_out)


class Storm:
    """Hostile requests on one product; `random` decides all of them."""

    def __init__(self, place: Place, random: Random, damage: Damage) -> None:
        self.place, self.random, self.damage = place, random, damage
        place.ireserve("PATCH", "users/api_calendar", {"password": PASSWORD})
        place.save(secrets={**SECRETS, "ireserve_password": PASSWORD}, sync=NEAR)
        place.connect()
        place.api("POST", "/7/activate")
        place.book()
        place.settle()
        self.app = place.application
        self.client = Client(self.app)
        self.rules = self._rules()
        self._sign_in()
        self.forms = self._forms()

    def blow(self, requests: int) -> None:
        """Send so many requests, do the work that they left, and look whether the administrator still gets in."""
        for number in range(requests):
            self._send()
            if number % 50 == 49:  # somebody has signed out meanwhile
                self._sign_in()
            if self.random.random() < 0.02:
                self._work()
        self._work()
        opened = Client(self.app).get(f"/console/?key={KEY}", base_url=PRODUCT)
        inside = self.place.request("GET", "/console/api/integrations", headers={"Authorization": f"Bearer {KEY}"})
        self.damage.locked_out += opened.status_code != 303 or inside.status_code != 200

    def _sign_in(self) -> None:
        """Open a session, and read the token that goes with it."""
        self.client.get(f"/console/?key={KEY}", base_url=PRODUCT)
        page = self.client.get("/console/", base_url=PRODUCT).text
        self.csrf_token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    def _rules(self) -> list[tuple[str, str]]:
        from functions.entrypoints.console.app import console_app
        from functions.entrypoints.console.session import KeySessions
        from functions.entrypoints.http.key_proof import KeyProof

        app = console_app(
            self.place.ports, KeySessions(self.place.ports, KeyProof(self.place.ports, KEY)), secure=False
        )
        return [
            (method, rule.rule)
            for rule in app.url_map.iter_rules()
            for method in sorted(rule.methods or ())
            if method not in ("OPTIONS", "HEAD")
        ]

    def _forms(self) -> list[tuple[str, str, dict[str, str]]]:
        found = []
        for method, rule in self.rules:
            if method == "GET" and rule.startswith("/console/") and "/api/" not in rule and "static" not in rule:
                for screen in ("outbound", "inbound", "sync") if ":screen>" in rule else ("",):
                    path = self._path(rule, screen=screen, good=True)
                    found += Forms(self.client.get(path, base_url=PRODUCT).text).found
        return [form for form in found if not form[1].endswith("/sign-out")]  # or all that follows meets a closed door

    def _path(self, rule: str, screen: str = "", *, good: bool = False) -> str:
        """Fill a rule's places with an id that there is, or with something hostile."""
        out = []
        for part in rule.split("/"):
            if not part.startswith("<"):
                out.append(part)
            elif good or self.random.random() < 0.6:
                out.append(screen or "7")
            else:
                out.append(quote(hostile.text(self.random).encode("utf-8", "surrogatepass"), safe="%"))
        return "/".join(out)

    def _send(self) -> None:
        random = self.random
        kind = random.randrange(10)
        if kind < 4 and self.forms:
            method, path, options = self._form()
        elif kind < 8:
            method, rule = random.choice(self.rules)
            path, options = self._path(rule), self._options(method, rule)
        else:
            method, path, options = self._machine()
        if random.random() < 0.05:
            method = random.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"))
        self._ask(method, path, options)

    def _form(self) -> tuple[str, str, dict[str, Any]]:
        method, path, known = self.random.choice(self.forms)
        sent = {name: self.csrf_token if name == "csrf_token" else each for name, each in known.items()}
        for name in self.random.sample(sorted(sent), min(len(sent), self.random.randrange(1, 4))):
            if name != "csrf_token" or self.random.random() < 0.1:
                sent[name] = hostile.text(self.random)
        if self.random.random() < 0.2:
            sent[self.random.choice(hostile.NAMES)] = hostile.text(self.random)
        spelt = "&".join(f"{_spelt(name)}={_spelt(each)}" for name, each in sent.items())
        if method == "GET":
            return method, f"{path}?{spelt}", {}
        return method, path, {"data": spelt.encode(), "content_type": "application/x-www-form-urlencoded"}

    def _options(self, method: str, rule: str) -> dict[str, Any]:
        random = self.random
        good: Any = {**example(), "secrets": {"ireserve_password": PASSWORD}} if rule.endswith("<int_id>") else None
        good = good or {name: value for name in random.sample(hostile.NAMES, 3) for value in ("7",)}
        options: dict[str, Any] = {"headers": self._headers()}
        if random.random() < 0.7:
            options["query_string"] = self._query()
        if method != "GET":
            options |= {"data": hostile.body(random, good), "content_type": "application/json"}
        return options

    def _query(self) -> str:
        names = self.random.sample(hostile.NAMES, self.random.randrange(1, 4))
        return "&".join(f"{name}={_spelt(hostile.text(self.random))}" for name in names)

    def _headers(self) -> list[tuple[str, str]]:
        random = self.random
        headers = [("Authorization", f"Bearer {KEY}")] if random.random() < 0.7 else []
        if random.random() < 0.05:
            headers.append(("Authorization", f"Bearer {_header(hostile.text(random))}"))
        if random.random() < 0.3:
            headers.append((random.choice(hostile.HEADERS), _header(hostile.text(random))))
        return headers

    def _machine(self) -> tuple[str, str, dict[str, Any]]:
        random = self.random
        method, path = random.choice(MACHINES)
        int_id = "7" if random.random() < 0.7 else hostile.text(random)
        options: dict[str, Any] = {"headers": self._headers(), "query_string": self._query()}
        if path.startswith("/bookings") and random.random() < 0.8:
            token = webhook_token(WEBHOOK_KEY, int_id.encode("utf-8", "replace").decode(), 1)
            options["query_string"] = f"token={token}"
            options["data"] = hostile.body(random, {"id": "1001"})
        elif path.startswith("/notifications") and random.random() < 0.8:
            channel = _header(hostile.text(random))
            options["headers"] += [
                ("X-Goog-Channel-Token", channel_token(WEBHOOK_KEY, "7", ROOM_A, channel)),
                ("X-Goog-Channel-ID", channel),
                ("X-Goog-Resource-State", _header(hostile.text(random))),
            ]
        elif path == "/tasks/sync":
            options["data"] = hostile.body(random, TASK)
            options["headers"] = [("Authorization", f"Bearer {KEY}")]
        return method, path.format(int_id=quote(int_id.encode("utf-8", "surrogatepass"), safe="%")), options

    def _ask(self, method: str, path: str, options: dict[str, Any]) -> None:
        began = time.process_time()
        try:
            answer = self._open(method, path, options)
        except Exception as error:  # noqa: BLE001 -- what escapes the product is the worst that can happen
            self.damage.broken.append(f"{method} {path[:300]!r} {_short(options)} raised {error!r}")
            self.damage.sent += 1
            return
        self.damage.slowest = max(self.damage.slowest, time.process_time() - began)
        self.damage.sent += 1
        self.damage.statuses[answer.status_code] += 1
        said = answer.get_data(as_text=False).decode("utf-8", "replace") + str(answer.headers)
        if answer.status_code >= 500 and answer.status_code != 503:
            self.damage.broken.append(f"{answer.status_code} {method} {path[:300]!r} {_short(options)}")
        if "Traceback" in said or any(each in said for each in SECRET):
            self.damage.leaks.append(f"{method} {path[:300]!r} {_short(options)}")

    def _open(self, method: str, path: str, options: dict[str, Any]) -> TestResponse:
        builder = EnvironBuilder(path=path, base_url=PRODUCT, method=method, **options)
        return self.client.open(builder)

    def _work(self) -> None:
        """Do what the requests left to be done, and read the log."""
        self.place.settle(15)
        for line in self.place.log:
            # a fault of ours bears the name of its class; a login that is refused is none
            if line["event"] == "error" and str(line["reason"])[:1].isupper() and "path" not in line:
                self.damage.broken.append(f"in the work: {line}")
            if any(each in json.dumps(line, default=str) for each in SECRET):
                self.damage.leaks.append(f"in the log: {line['event']}")
        self.place.log.clear()


def storm(requests: int, seed: int, directory: Path, *, tell: bool = False) -> Damage:
    """Send so many requests to products of their own, one after the other."""
    damage, number = Damage(), 0
    while damage.sent < requests:
        place = Place(directory / f"place-{number}", on_disk=True)
        Storm(
            place,
            Random(f"{seed} {number}"),  # noqa: S311 -- a test that can be repeated
            damage,
        ).blow(min(BATCH, requests - damage.sent))
        place.leave()
        place.file.close()
        number += 1
        if tell:
            sys.stdout.write(f"\r{damage.sent} requests, {len(damage.broken)} broken, {len(damage.leaks)} leaks ")
            sys.stdout.flush()
    return damage


def _spelt(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _header(text: str) -> str:
    """Return a text as far as a header can carry it."""
    return "".join(each for each in text if each.isprintable()).encode("utf-8", "replace").decode("latin-1")


def _short(options: dict[str, Any]) -> str:
    return " ".join(f"{name}={str(each)[:300]!r}" for name, each in options.items())


def main() -> None:
    """Run a storm and say what it did; exit 1 where anything happened that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        damage = storm(given.requests, given.seed, Path(directory), tell=True)
    took = time.monotonic() - began
    print(f"\nseed {given.seed}: {damage.sent} requests in {took:.0f} s, slowest {damage.slowest:.2f} s of processor")
    print(", ".join(f"{count} x {status}" for status, count in sorted(damage.statuses.items())))
    print(f"{len(damage.broken)} broken, {len(damage.leaks)} leaks, {damage.locked_out} locked out")
    for line in [*damage.broken, *damage.leaks][:50]:
        print(" ", line)
    sys.exit(not damage.none())


if __name__ == "__main__":
    main()
