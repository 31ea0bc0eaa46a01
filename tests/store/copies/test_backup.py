"""A backup is the inspection as it stood, made while others write; what exists already is never written over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from builders.laptops import NO, YES, Laptop, Watch, assert_sound
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Slot
from fieldtool.store.audit import file_check
from fieldtool.store.chain import drafts
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import read_events
from fieldtool.store.copies import backup
from fieldtool.store.copies.backup import Backup
from fieldtool.store.file.database import Database, StoreError, key_file_of
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost

CHEAP = Cost(operations=1, memory=8192)


def back_up(path: Path, target: Path, key: bytes | None = None) -> Backup:
    with Database.open_read_only(path, key) as source:
        return backup.back_up(source, target, key)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def encrypted(path: Path) -> tuple[Database, Log, bytes]:
    key, _ = key_file.create_key(path, "correct horse", cost=CHEAP)
    database = Database.create(path, key)
    return database, Log(database, ChainId("a", 1), "anna", Watch()), key


def worked_in(path: Path) -> Laptop:
    laptop = Laptop(path, "a").set_up("A")
    laptop.log.record("A", YES)
    drafts.keep(laptop.database, laptop.log, "A", Slot.parse("note:"), "half a thou")
    return laptop


def test_a_backup_is_the_inspection_as_it_stands_with_what_is_being_typed(tmp_path: Path) -> None:
    with worked_in(tmp_path / "a.db") as laptop:
        made = back_up(tmp_path / "a.db", tmp_path / "b.db")
        laptop.log.record("A", NO)
        with Database.open(tmp_path / "b.db") as copy:
            assert list(read_events(copy)) == laptop.events[:-1]
            assert [draft.text for draft in drafts.left_over(copy)] == ["half a thou"]
            assert_sound(copy)
    assert (made.path, made.events, made.findings) == (tmp_path / "b.db", 3, ())


def test_it_is_one_file_that_can_be_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "cd"
    folder.mkdir()
    with worked_in(tmp_path / "a.db"):
        back_up(tmp_path / "a.db", folder / "b.db")
    assert names(folder) == ["b.db"]
    assert (folder / "b.db").stat().st_mode & 0o077 == 0


def test_of_an_encrypted_inspection_the_backup_is_encrypted_and_has_its_key_file(tmp_path: Path) -> None:
    database, log, key = encrypted(tmp_path / "a.db")
    with database:
        log.record("A", YES)
        back_up(tmp_path / "a.db", tmp_path / "b.db", key)
    assert b"Qax" not in (tmp_path / "b.db").read_bytes()
    assert key_file.unlock(tmp_path / "b.db", "correct horse") == key
    with Database.open_read_only(tmp_path / "b.db", key) as copy:
        assert [event.body for event in read_events(copy)] == [YES]


def test_into_a_folder_it_takes_the_name_of_the_inspection(tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    with worked_in(tmp_path / "a.db"):
        assert back_up(tmp_path / "a.db", tmp_path / "safe").path == tmp_path / "safe" / "a.db"
        with pytest.raises(StoreError, match=r"safe.a\.db exists already"):
            back_up(tmp_path / "a.db", tmp_path / "safe")


def test_what_exists_already_is_refused_be_it_only_a_key_file(tmp_path: Path) -> None:
    with worked_in(tmp_path / "a.db"):
        key_file_of(tmp_path / "b.db").write_text("all that opens another inspection")
        with pytest.raises(StoreError, match=r"b\.db\.key exists already"):
            back_up(tmp_path / "a.db", tmp_path / "b.db")
        with pytest.raises(StoreError, match="no folder"):
            back_up(tmp_path / "a.db", tmp_path / "nowhere" / "b.db")
    assert names(tmp_path) == ["a.db", "b.db.key"]


def test_another_connection_writes_on_while_the_backup_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with worked_in(tmp_path / "a.db") as laptop:
        copying = backup._copy

        def copy(source: Database, made: Path, key: bytes | None) -> None:
            copying(source, made, key)
            laptop.log.record("A", NO)  # between the copying and the reading back

        monkeypatch.setattr(backup, "_copy", copy)
        assert back_up(tmp_path / "a.db", tmp_path / "b.db").events == len(laptop.events) - 1


def spoil(made: Path) -> None:
    """A disk that keeps something else than it was given."""
    with Database.open(made) as copy:
        copy.connection.execute("DROP TRIGGER event_is_never_deleted")
        copy.connection.execute("DELETE FROM event WHERE seq = 3")


def test_a_backup_that_is_not_what_the_inspection_is_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying = backup._copy

    def copy(source: Database, made: Path, key: bytes | None) -> None:
        copying(source, made, key)
        spoil(made)

    monkeypatch.setattr(backup, "_copy", copy)
    with worked_in(tmp_path / "a.db"), pytest.raises(StoreError, match="not what the inspection is"):
        back_up(tmp_path / "a.db", tmp_path / "b.db")
    assert names(tmp_path) == ["a.db"]


def test_what_is_wrong_with_the_inspection_itself_is_backed_up_and_said(tmp_path: Path) -> None:
    with worked_in(tmp_path / "a.db") as laptop:
        laptop.database.connection.execute("DELETE FROM tally")
        made = back_up(tmp_path / "a.db", tmp_path / "b.db")
    assert any("tally" in finding for finding in made.findings)
    with Database.open(tmp_path / "b.db") as copy:
        assert list(file_check.findings(copy)) == list(made.findings)


def test_a_full_disk_leaves_nothing_behind(small_disk: Callable[[int], Path], tmp_path: Path) -> None:
    disk = small_disk(1)
    with worked_in(tmp_path / "a.db") as laptop:
        for _ in range(300):
            laptop.log.record("A", YES, NO)
        (disk / "filling").write_bytes(bytes(shutil.disk_usage(disk).free - 60_000))
        with pytest.raises(StoreError, match=r"full|space"):
            back_up(tmp_path / "a.db", disk)
    assert names(disk) == ["filling"]
