"""No request breaks the product: every route and every form, with what a hostile caller types."""

from pathlib import Path

import pytest

from tests.attacks.storm import storm
from tests.harness.place import Place

REQUESTS = 600  # of each seed; `make fuzz N=100000` for the long run
SLOWEST = 5.0  # seconds of processor


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hostile_requests_get_no_500_leak_nothing_and_lock_nobody_out(tmp_path: Path, seed: int) -> None:
    damage = storm(REQUESTS, seed, tmp_path)
    assert damage.broken == []
    assert damage.leaks == []
    assert damage.locked_out == 0
    assert damage.sent == REQUESTS
    assert damage.slowest < SLOWEST


@pytest.mark.parametrize("path", ["/console/nowhere", "/console/integrations/7/connect"])
def test_a_host_that_is_none_breaks_no_page(place: Place, path: str) -> None:
    assert place.request("POST", path, headers={"Host": "x" * 300}).status_code == 404
