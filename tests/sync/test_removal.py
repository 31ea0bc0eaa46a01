"""What an exchange tells whoever was removed, what it notes of what a place has, and what is remembered before it."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest.mock import Mock

import pytest

from builders.teams import Laptop, files, invited
from fieldtool import files as on_disk
from fieldtool.domain.kinds.inspection import PersonJoined
from fieldtool.domain.method.case_line import AtStake
from fieldtool.store.chain.receiving import Received
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.keys.membership import Removed
from fieldtool.sync import places
from fieldtool.sync.central.schema import Administration
from fieldtool.sync.exchange import Exchanged, Step, exchange
from fieldtool.sync.folder import bundle_files
from fieldtool.sync.folder.folder_store import FolderStore
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import removals
from sync.centre import Centre

Meet = Callable[[Laptop], Exchanged]


def at(place: object) -> Meet:
    return lambda laptop: places.synchronise(laptop.database, laptop.log, str(place))


def told(lea: Laptop, anna: Laptop, meet: Meet) -> None:
    for laptop in (lea, anna, lea):
        meet(laptop)
    anna.note("not sent in time")
    lea.note("for all")
    removals.propose_laptop(lea.lead, "anna", "stolen").carry_out()
    meet(lea)
    known = len(anna.events)
    for _ in range(2):
        with pytest.raises(Removed) as raised:
            meet(anna)
        words = str(raised.value)
        assert words.startswith(
            "This laptop was removed from the inspection by lea on 2020-03-02 (stolen), and what"
        )
        assert words.count(". ") == 0
    # What others sent came all the same; nothing more went there.
    assert len(anna.events) > known
    assert meet(lea).came.new == 0
    lea.note("goes on")
    assert meet(lea).complete


def test_a_removed_laptop_is_told_so_over_a_folder(lea: Laptop, anna: Laptop, stick: Path) -> None:
    told(lea, anna, at(stick))
    assert lea.exchange(stick).aside == ()


def test_a_removed_laptop_is_told_so_over_the_central_store(
    lea: Laptop, anna: Laptop, centre: Centre
) -> None:
    Administration(centre.address()).add(lea.membership.inspection, "anna", writes=True)
    told(lea, anna, at(centre.address("anna")))


def test_a_removed_person_is_told_so_on_each_laptop(lea: Laptop, anna: Laptop, stick: Path) -> None:
    meet = at(stick)
    with invited(lea, "second", person="anna") as second:
        for laptop in (lea, anna, second, lea):
            meet(laptop)
        removals.propose_person(lea.lead, "anna", "left the team").carry_out()
        meet(lea)
        for laptop in (anna, second):
            with pytest.raises(Removed, match="left the team"):
                meet(laptop)


# ---------------------------------------------------------------------- what a place has is not lost


def test_what_only_files_of_a_removed_laptop_hold_is_sent_in_the_same_exchange(
    lea: Laptop, anna: Laptop, stick: Path
) -> None:
    lea.record(PersonJoined(person="cleo", name="Cleo", role="lead_inspector"), "")
    with invited(lea, "cleo") as cleo:
        exchange(anna.store(), cleo.store())
        lea.note("by another's hand")
        exchange(anna.store(), lea.store())
        assert anna.exchange(stick).complete
        removals.propose_laptop(cleo.lead, "anna", "stolen").carry_out()
        assert cleo.exchange(stick).confirmed
        # The news of the removal comes with this exchange, and what it changes is done in it too.
        assert lea.exchange(stick).complete


def at_stake(laptop: Laptop) -> AtStake:
    return InspectionFile(laptop.database).look_at_copy()


def test_what_the_place_has_is_not_lost_with_the_laptop(lea: Laptop, anna: Laptop, stick: Path) -> None:
    assert at_stake(anna) == AtStake(0, copied=False, urgent=False)
    anna.answer("A")
    anna.note("x", "B")
    assert at_stake(anna) == AtStake(2, copied=False, urgent=False)
    assert at(stick)(anna).complete
    assert at_stake(anna) == AtStake(0, copied=False, urgent=False, sent=True)
    anna.answer("B")
    assert at_stake(anna) == AtStake(1, copied=False, urgent=False, sent=True)
    inspection_file = InspectionFile(anna.database)
    inspection_file.look_at_copy()
    at(stick)(anna)
    # Also for whoever has counted before.
    assert inspection_file.look_at_copy().answers == 0
    assert at_stake(lea).answers > 0


def test_what_the_place_does_not_say_counts_not(
    anna: Laptop, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = at(stick)
    meet(anna)
    anna.answer("A")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(bundle_files, "files", Mock(wraps=on_disk, write_new=refuse))
        assert not meet(anna).confirmed
    assert at_stake(anna).answers == 1
    meet(anna)
    assert at_stake(anna).answers == 0
    # The stick was emptied, and is full: what it had counts no more.
    for file in files(stick):
        file.unlink()
    anna.note("y", "B")
    with monkeypatch.context() as dropped:
        dropped.setattr(FolderStore, "send", _drop)
        exchanged = meet(anna)
    assert (exchanged.confirmed, exchanged.complete) == (True, False)
    assert at_stake(anna).answers == 2


def _drop(_: FolderStore, batches: Iterable[object]) -> Received:
    return Received(len(list(batches)), 0)


def test_what_is_recorded_meanwhile_is_not_there(anna: Laptop, stick: Path) -> None:
    meanwhile: list[object] = []

    def told(_: Step) -> None:
        if not meanwhile:
            meanwhile.append(anna.answer("A"))

    places.synchronise(anna.database, anna.log, str(stick), told)
    assert at_stake(anna).answers == 1
    at(stick)(anna)
    assert at_stake(anna).answers == 0


# ---------------------------------------------------------------------- what is remembered before anything leaves


def test_how_far_it_is_is_remembered_before_anything_leaves(
    anna: Laptop, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard, there = RollbackGuard(tmp_path / "state"), []
    put = bundle_files.BundleFolder.put

    def watched(*given: object) -> object:
        there.append(guard.recall(anna.device.id).incarnations[1].seq)
        return put(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(bundle_files.BundleFolder, "put", watched)
    anna.answer("A")
    places.synchronise(anna.database, anna.log, str(stick), before_sending=lambda: guard.see(anna.database))
    assert there
    assert {*there} == {len(anna.own)}
    assert anna.own[-1].kind == "receipt.given"
