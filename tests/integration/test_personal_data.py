"""Nothing personal rests: every byte of the store, the journal and the log is searched after a run with known names."""

import json
from pathlib import Path

import pytest

from tests.harness.place import SECRETS, Place

pytestmark = pytest.mark.on_disk

NAMES = ("Zwaardvis", "zwaardvis@example.org", "Geheimtaart", "Privétitel", "Onderdeur")


def test_no_name_text_or_address_is_kept_or_logged(place: Place, tmp_path: Path) -> None:
    customer = place.ireserve("POST", "customers", {"lastname": "Zwaardvis", "email": "zwaardvis@example.org"})
    place.activate(
        outbound={"title_template": "{CUSTOMER} {BOOKING_NUMBER}", "use_customer_data": True},
        inbound={"allow_booking_update": True},
    )
    booking = place.book(customer_id=customer["id"], remarks="Geheimtaart")
    place.settle()
    event = place.event()
    assert "Zwaardvis" in event["summary"]
    assert "Geheimtaart" in event["description"]
    place.edit(event["id"], summary="Privétitel", description=event["description"] + "\nOnderdeur")
    place.settle()
    place.drag(event["id"], "2026-11-24T14:00", "2026-11-24T15:00")
    place.settle()
    place.draw("2026-11-25T10:00", "2026-11-25T11:00", summary="Privétitel", description="Onderdeur")
    place.draw("2026-11-25T10:15", "2026-11-25T11:15", summary="Privétitel")
    place.settle()
    place.change(booking, status_code=70)
    place.settle()
    place.api("GET", "/7/plan?refresh=1")
    place.file.close()
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "secrets.json"}
    log = json.dumps(place.log, ensure_ascii=False)
    for name in NAMES:
        for file, content in kept.items():
            assert name.encode() not in content, f"{name} in {file}"
        assert name not in log
    for secret in SECRETS.values():
        if secret != "sandbox":
            assert all(secret.encode() not in content for content in kept.values())
        assert secret not in json.dumps(place.log) or secret == "sandbox"


def test_the_refusal_of_i_reserve_is_kept_as_a_category_only(place: Place) -> None:
    place.activate()
    place.book()
    place.draw("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    refused = [entry for entry in place.journal() if entry["outcome"] == "refused"]
    assert [entry["reason"] for entry in refused] == ["period_taken"]
    assert "beschikbaar" not in json.dumps(place.journal())
