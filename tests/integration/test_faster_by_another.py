"""An activation stands on what was checked: another person may be faster with a button that contradicts it."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from functions.application.ports import Transaction
from functions.application.setting_up import activation, consent, setup
from functions.application.store import integrations
from functions.domain.model.errors import Conflict
from functions.domain.settings.integration import Phase
from tests.harness.faster import Faster
from tests.harness.place import Place


def test_it_is_refused_where_the_account_was_just_disconnected(place: Place) -> None:
    place.save()
    place.connect()
    documents: Any = Faster(place.documents, lambda: consent.disconnect(place.ports, "7"))
    with pytest.raises(Conflict):
        activation.activate(replace(place.ports, documents=documents), "7", "someone")
    assert place.api("GET", "/7")["state"] == "draft"


def test_it_is_refused_where_the_settings_that_were_checked_were_just_changed(place: Place) -> None:
    place.save()
    place.connect()
    documents: Any = Faster(place.documents, lambda: place.save(name="Other"))
    with pytest.raises(Conflict):
        activation.activate(replace(place.ports, documents=documents), "7", "someone")
    assert place.api("GET", "/7")["state"] == "draft"


def test_it_leaves_a_pause_that_came_right_after_another_activation(place: Place) -> None:
    place.save()
    place.connect()

    def happens() -> None:
        activation.activate(place.ports, "7", "another")
        activation.pause(place.ports, "7")

    documents: Any = Faster(place.documents, happens)
    done = activation.activate(replace(place.ports, documents=documents), "7", "someone")
    assert done.integration.phase is Phase.PAUSED


def test_it_is_refused_while_the_integration_is_being_deleted(place: Place) -> None:
    place.save()
    place.connect()

    def many(tx: Transaction) -> None:
        for number in range(201):
            tx.put(integrations.path_of("7", "links", f"{number}"), {"state": "active"})

    place.documents.transact(many)
    moments = (place.now + timedelta(minutes=n) for n in count())
    assert setup.delete(replace(place.ports, clock=lambda: next(moments)), "7") == 1
    with pytest.raises(Conflict, match="not connected"):
        activation.activate(place.ports, "7", "someone")
