"""Disks that are full, read-only or failing at some operation; at each of them: docs/faults.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builders.inspections import ME
from faults.day import KEY, NAME, Clock, make
from faults.layer import Code, Kind, Layer, Operation, Refusal
from faults.refusals import FAULTS, UNREADABLE, Fault, Refuser, refuse_each
from fieldtool.domain.method.case import Answer
from fieldtool.store.audit import file_check
from fieldtool.store.file import database
from fieldtool.store.file.database import Database, StoreError, Transaction
from fieldtool.store.file.local import local, set_local
from fieldtool.store.views import case_lines
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

ALL = [*FAULTS, *UNREADABLE]


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
@pytest.mark.parametrize("name", ALL)
def test_a_refused_save_is_said_and_leaves_nothing_half_done(name: str, key: bytes | None) -> None:
    # Another place for each fault, so that together they are everywhere.
    figures = refuse_each(name, key, first=1 + 4 * ALL.index(name), step=41)
    assert figures.losses == []
    assert figures.sessions > 1
    assert figures.refused > 0


def test_a_refusal_that_nobody_hears_of_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(self: Transaction, *error: object) -> bool:
        try:
            leave(self, *error)  # type: ignore[arg-type]  # as it is called
        except StoreError:
            return True
        return False

    leave = Transaction.__exit__
    monkeypatch.setattr(database.Transaction, "__exit__", deaf)
    assert refuse_each("failing", None, first=10, step=20).losses


def test_a_read_that_fails_behind_a_save_does_not_deny_the_save(tmp_path: Path) -> None:
    make(tmp_path / NAME, lambda _: None)
    for save in ("answer", "reopen", "complete", "undo"):
        synced: list[Operation] = []
        ours: list[int] = []

        def watch(operation: Operation, synced: list[Operation] = synced) -> Refusal | None:
            if operation.kind is Kind.SYNC:
                synced.append(operation)
            return Refusal(Code.IOERR_READ) if operation.kind is Kind.READ and synced else None

        with Layer(watch, reads=True), InspectionFile.open(tmp_path / NAME, to_write=True) as file:
            file.database.rows("PRAGMA cache_size = 1")  # so that what comes next is read from the disk
            file.database.rows("PRAGMA cache_spill = OFF")
            file.me = save  # so that the log beside the file is there, and the next save is one flush
            synced.clear()
            inspection = Inspection(file, ME, Clock())
            case = inspection.case("B-2" if save in ("reopen", "complete") else "B-1")
            _ = inspection.framework
            synced.clear()
            match save:
                case "answer":
                    after = inspection.answer(case, "Qax", Answer.YES)
                case "reopen":
                    after = inspection.reopen(case, "looked at again")
                case "complete":
                    after = inspection.complete(case)
                case _:
                    undone = inspection.undo(case)
                    assert undone is not None
                    after = undone.case
            ours.append(len(synced))
            synced.clear()
            assert inspection.case(case.ref) == after
            synced.append(Operation(Kind.SYNC))
        assert ours == [1]


# ---------------------------------------------------------------------- encrypted files


def said_that_the_disk_failed(do: Callable[[], object]) -> bool:
    try:
        do()
    except StoreError as error:
        return "disk failed" in str(error)
    return False


def test_after_a_read_that_failed_an_encrypted_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / NAME
    make(path, lambda _: None, KEY)
    with Database.open(path, KEY) as calm:
        whole = calm.rows("SELECT * FROM event")
    refuser, failed = Refuser(UNREADABLE["unreadable for a moment"], 0), 0
    with Layer(refuser, reads=True), Database.open(path, KEY) as database:
        refused = True
        while refused:
            refuser.mended = True
            assert database.rows("SELECT * FROM event") == whole
            database.rows("PRAGMA shrink_memory")
            failed += 1
            refuser.again(failed)
            refused = said_that_the_disk_failed(lambda: database.rows("SELECT * FROM event"))
        assert failed > 3
        refuser.mended = True
        assert list(file_check.findings(database)) == []


def test_a_closed_file_stays_closed(tmp_path: Path) -> None:
    make(tmp_path / NAME, lambda _: None, KEY)
    database = Database.open(tmp_path / NAME, KEY)
    database.close()
    for _ in range(2):
        with pytest.raises(StoreError):
            database.rows("SELECT 1")


def test_while_the_disk_fails_an_encrypted_file_says_so_and_works_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / NAME
    make(path, lambda _: None, KEY)
    refuser = Refuser(UNREADABLE["unreadable"], 0)
    with Layer(refuser, reads=True), Database.open(path, KEY) as database:
        people = case_lines.people(database)
        database.rows("PRAGMA shrink_memory")
        refuser.again(1)
        for _ in range(3):
            with pytest.raises(StoreError, match="disk failed"):
                case_lines.people(database)
            with pytest.raises(StoreError, match="disk failed"):
                set_local(database, "person", ME)
        refuser.mended = True
        set_local(database, "person", "INS-09")
        assert local(database, "person") == "INS-09"
        assert case_lines.people(database) == people


def test_a_file_whose_other_half_is_in_its_log_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / NAME
    make(path, lambda _: None, KEY)
    torn = Fault({Kind.WRITE: Refusal(Code.IOERR_WRITE, written=2048)}, lasting=True)
    refuser = Refuser(torn, 0)
    with Layer(refuser), Database.open(path, KEY) as database:
        set_local(database, "person", "INS-09")
        refuser.again(1)
        with pytest.raises(StoreError):
            database.rows("PRAGMA wal_checkpoint(FULL)")
        with Database.open_read_only(path, KEY) as other:
            assert list(file_check.findings(other)) == []
        refuser.mended = True
        assert list(file_check.findings(database)) == []
    with Database.open_read_only(path, KEY) as afterwards:
        assert list(file_check.findings(afterwards)) == []
