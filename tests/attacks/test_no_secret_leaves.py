"""No real secret is in the repository, and nothing secret or personal in a log.

A search for the forms of real secrets, in place of a scanner from a registry: those judge by randomness too, and the made-up
keys, ids and hashes of these tests would fill their list of exceptions.
"""

import json
import re
import subprocess
from pathlib import Path

from tests.harness.place import CLIENT_SECRET, GUEST, KEY, SECRETS, WEBHOOK_KEY, Place

ROOT = Path(__file__).resolve().parents[2]
FORMS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"),
    "a service account's key": re.compile(r'"private_key_id":\s*"[0-9a-f]{40}"'),
    "a Google API key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a Google client secret": re.compile(r"\bGOCSPX-[0-9A-Za-z_-]{28}\b"),
    "a Google access token": re.compile(r"\bya29\.[0-9A-Za-z_-]{30,}"),
    "a Google refresh token": re.compile(r"\b1//0[0-9A-Za-z_-]{40,}"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b"),
    "a Slack token or hook": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20,}|hooks\.slack\.com/services/T[0-9A-Z]{8,}/B"),
    "a chat hook": re.compile(r"chat\.googleapis\.com/v1/spaces/[0-9A-Za-z_-]{8,}/messages\?key=[0-9A-Za-z_-]{20,}"),
    "a signed token": re.compile(r"\beyJ[0-9A-Za-z_-]{20,}\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}"),
}


def found(text: str) -> list[str]:
    return [name for name, form in FORMS.items() if form.search(text)]


def test_the_search_finds_what_it_is_for() -> None:
    assert found("AIza" + "a" * 35) == ["a Google API key"]
    assert found("GOCSPX-" + "b" * 28) == ["a Google client secret"]
    assert found("-----BEGIN PRIVATE KEY-----\n" + "c" * 60) == ["a private key"]


def test_no_file_of_the_repository_looks_like_a_real_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name] or [
        path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts
    ]
    wrong = {}
    for path in paths:
        if path.is_file() and (names := found(path.read_bytes().decode("utf-8", "replace"))):
            wrong[str(path.relative_to(ROOT))] = names
    assert wrong == {}


def test_nothing_secret_or_personal_is_in_the_log_of_a_whole_day(place: Place) -> None:
    password = "password-that-stays-inside"
    place.ireserve("PATCH", "users/api_calendar", {"password": password})
    place.save(secrets={**SECRETS, "ireserve_password": password}, outbound={"use_customer_data": True})
    place.connect()
    place.api("POST", "/7/activate")
    booking = place.book(remarks="Mevrouw Jansen, 06-12345678")
    place.draw(
        "2026-11-25T10:00", "2026-11-25T11:00", summary="Sollicitatie van Pietersen", attendees=[{"email": GUEST}]
    )
    place.settle()
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle()
    place.tick()
    place.renew()
    place.request("GET", f"/console/?key={KEY}")
    place.request("POST", "/bookings/7?token=1.forged", json={"id": "1"})
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})
    place.book()
    place.settle(30)
    said = json.dumps(place.log, default=str, ensure_ascii=False)
    assert len(place.log) > 20
    for secret in (password, CLIENT_SECRET, KEY, WEBHOOK_KEY, "Jansen", "12345678", "Pietersen", GUEST, "token=1"):
        assert secret not in said, secret
    assert found(said) == []
