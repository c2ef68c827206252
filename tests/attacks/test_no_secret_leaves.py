"""No real secret is in the repository, and nothing secret or personal in a log.

The forms of real secrets are in `tests/harness/secret_forms.py`; the logs of the demo are searched where it is run,
`tests/integration/test_demo.py` and `test_demo_on_cloud.py`.
"""

import json
import subprocess
from pathlib import Path

from tests.harness.place import CLIENT_SECRET, GUEST, KEY, SECRETS, WEBHOOK_KEY, Place
from tests.harness.secret_forms import found

ROOT = Path(__file__).resolve().parents[2]


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
