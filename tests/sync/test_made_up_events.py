"""What does not fit comes by a folder or the central store, and is named once in what came of the exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builders.chains import after
from builders.laptops import Laptop as File
from builders.laptops import value_of
from builders.made_up import chained
from builders.teams import Laptop
from fieldtool.domain.log.door import LATEST
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.sync.event_store import Aside
from fieldtool.sync.exchange import exchange
from fieldtool.sync.folder import bundles
from fieldtool.sync.laptop_store import LaptopStore
from sync.centre import Centre

TIME = 1_583_140_000_000 << 16
WHY = "is kept without effect: its time by the clock on the wall is not a time"


def two(device: str) -> list[Event]:
    """An event with a time that is none, and one that fits."""
    bad = after(None, ChainId(device, 1), wall="some day", at=TIME, subject="A")
    return chained([bad, after(bad, at=TIME + 1, subject="A")], device)


def test_by_a_folder(lea: Laptop, anna: Laptop, stick: Path) -> None:
    assert anna.exchange(stick).aside == ()
    last = anna.own[-1]
    bad = after(last, wall="some day", at=last.at + 1)
    events = [bad, after(bad, at=last.at + 2)]
    header, data = bundles.make(events, last.hash, anna.membership)
    (stick / bundles.name_of(header, data)).write_bytes(data)
    exchanged = lea.exchange(stick)
    assert exchanged.aside == (Aside(f"Event {bad.id}", WHY, new=True),)
    assert (exchanged.failures, exchanged.complete) == ((), True)
    assert lea.exchange(stick).aside == ()


def test_a_bundle_with_what_cannot_be_kept_is_set_aside_alone(lea: Laptop, anna: Laptop, stick: Path) -> None:
    assert anna.exchange(stick).aside == ()
    last = anna.own[-1]
    bad = after(last, parents=(EventId("a", 2**70, 1),))
    header, data = bundles.make([bad], last.hash, anna.membership)
    (stick / bundles.name_of(header, data)).write_bytes(data)
    exchanged = lea.exchange(stick)
    assert [aside.name for aside in exchanged.aside] == [bundles.name_of(header, data)]
    assert "it replaces an event with an impossible id" in exchanged.aside[0].why
    assert exchanged.came.new > 0


def test_by_the_central_store(centre: Centre) -> None:
    events = two("elsewhere")
    assert centre.store("anna").send([events]) == (2, 0)
    with File(None, "here") as file:
        file.set_up("A")
        here = LaptopStore(file.database, file.log)
        exchanged = exchange(here, centre.store("ben"))
        assert exchanged.aside == (Aside("Event elsewhere.1.1", WHY, new=True),)
        assert (exchanged.failures, exchanged.complete) == ((), True)
        assert value_of(file, "answer:Qax") == "yes"
        assert exchange(here, centre.store("ben")).aside == ()


def test_rows_of_the_central_store_that_cannot_be_kept_hold_up_no_other_chain(centre: Centre) -> None:
    bad = after(None, ChainId("a device", 1), at=TIME, subject="A")
    good = after(None, ChainId("good", 1), at=TIME, subject="A")
    assert centre.store("anna").send([[bad], [good]]) == (2, 0)
    with File(None, "here") as file:
        file.set_up("A")
        exchanged = exchange(LaptopStore(file.database, file.log), centre.store("ben"))
        assert len(exchanged.failures) == 1
        assert str(bad.id) in exchanged.failures[0]
        assert value_of(file, "answer:Qax") == "yes"


@pytest.mark.parametrize("fields", [{"wall": "some day"}, {"at": 2**63 - 1}, {"at": LATEST}], ids=str)
def test_the_views_of_the_central_store_leave_it_out(centre: Centre, fields: dict[str, Any]) -> None:
    good = after(None, ChainId("good", 1), at=TIME, subject="A")
    values: dict[str, Any] = {"at": TIME + 5, "text": '{"prompt":"Qax","answer":"no"}'} | fields
    bad = after(None, ChainId("elsewhere", 1), subject="A", **values)
    centre.store("anna").send([[good], [bad]])
    with centre.sql() as connection:
        rows = connection.execute("SELECT answer FROM fieldtool.answers").fetchall()
    assert rows == [("yes",)]
