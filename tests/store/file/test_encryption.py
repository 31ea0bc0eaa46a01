"""An encrypted inspection: what the plain one promises, nothing readable on the disk, and every refusal a sentence."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import fieldtool.store.file.migrations as steps
from builders.laptops import NO, YES, Laptop, assert_sound, value_of
from fieldtool.domain.kinds.assessment import NoteWritten
from fieldtool.store.audit import file_check
from fieldtool.store.file.database import APPLICATION_ID, Database, Locked, StoreError, key_file_of
from fieldtool.store.file.driver import dbapi2
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost
from fieldtool.work.inspection_file import InspectionFile

CHEAP = Cost(operations=1, memory=8192)
PLANTED = "Zanzibarquokka"

Opener = Callable[[Path, bytes | None], Database]
OPENERS: list[Opener] = [Database.open, Database.open_read_only]

every_opener = pytest.mark.parametrize("opener", OPENERS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "an inspection #1 50%?.db"


@pytest.fixture
def key(path: Path) -> bytes:
    return key_file.create_key(path, "passphrase", cost=CHEAP)[0]


@pytest.fixture
def file(path: Path, key: bytes) -> Path:
    with Laptop(path, "a", key=key) as laptop:
        laptop.set_up("A").log.record("A", YES)
    return path


def test_it_is_made_for_speed_and_leaves_nothing_in_temporary_files(path: Path, key: bytes) -> None:
    with Database.create(path, key) as database:
        assert database.encrypted
        for pragma, value in (
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("page_size", "4096"),
            ("cache_size", -65536),
            ("temp_store", 2),
            ("application_id", APPLICATION_ID),
        ):
            assert database.row(f"PRAGMA {pragma}") == (value,)
    with Database.open(path, key) as database:
        assert database.row("PRAGMA cache_size") == (-65536,)


@every_opener
def test_what_was_recorded_is_there_when_it_is_opened_again(file: Path, key: bytes, opener: Opener) -> None:
    with opener(file, key) as database:
        assert database.row("SELECT value FROM answer") == ("yes",)
        assert database.writable is (opener == Database.open)
        assert database.encrypted
        assert list(file_check.findings(database)) == []
    with InspectionFile.open(file, to_write=opener == Database.open, key=key) as inspection_file:
        assert inspection_file.refs is not None
        assert inspection_file.total == 1


def test_all_that_work_does_holds_in_an_encrypted_file(file: Path, key: bytes) -> None:
    with Laptop(file, "a", key=key) as laptop:
        laptop.log.record("A", NO)
        laptop.log.undo("A")
        assert value_of(laptop, "answer:Qax") == "yes"
        assert_sound(laptop.database)
        with pytest.raises(ZeroDivisionError), laptop.database.transaction():
            laptop.database.connection.execute("INSERT INTO local VALUES ('half', ?)", (str(1 / 0),))
        assert laptop.database.rows("SELECT * FROM local WHERE name = 'half'") == []


def test_two_connections_see_each_other(file: Path, key: bytes) -> None:
    with Laptop(file, "a", key=key) as laptop, Database.open_read_only(file, key) as other:
        laptop.log.record("A", NO)
        assert other.row("SELECT value FROM answer") == ("no",)
        laptop.database.connection.execute("PRAGMA busy_timeout = 0")
        with Database.open(file, key) as third:
            third.connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="is in use by another program, nothing was saved"):
                laptop.log.record("A", YES)
            third.connection.execute("ROLLBACK")


def test_nothing_can_be_read_of_any_of_its_files(path: Path, key: bytes) -> None:
    with Laptop(path, "a", key=key) as laptop:
        laptop.set_up("A").log.record("A", NoteWritten(item="", text=f"{PLANTED} " * 2000))
        names = {file.name for file in path.parent.iterdir()}
        assert {path.name, f"{path.name}-wal", f"{path.name}-shm"} <= names
        readable = [file.name for file in path.parent.iterdir() if PLANTED.encode() in file.read_bytes()]
        assert readable == []
        known = [b"SQLite format 3", b"CREATE TABLE", key, key.hex().encode()]
        for each in (path, Path(f"{path}-wal")):
            data = each.read_bytes()
            assert len(data) >= 4096
            assert [word for word in known if word in data] == []


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_its_files_are_their_owners_alone(path: Path, key: bytes) -> None:
    with Database.create(path, key):
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs mount, so root on Linux")
def test_on_a_disk_that_cannot_be_written_it_can_be_read(
    file: Path, key: bytes, small_disk: Callable[[int], Path], remount: Callable[[Path, str], None]
) -> None:
    disk = small_disk(4)
    there = Path(shutil.copy(file, disk))
    shutil.copy(key_file_of(file), disk)
    remount(disk, "ro")
    with pytest.raises(Locked):
        Database.open_read_only(there)
    with pytest.raises(StoreError, match="cannot be written where it is"):
        Database.open(there, key)
    with Database.open_read_only(there, key_file.unlock(there, "passphrase")) as database:
        assert database.rows("SELECT value FROM answer") == [("yes",)]
    with pytest.raises(StoreError, match="could not be written: read-only"):
        key_file.change_passphrase(there, key, "another", cost=CHEAP)
    assert key_file.unlock(there, "passphrase") == key


# ---------------------------------------------------------------------- refusals


@every_opener
def test_without_a_key_it_is_locked(file: Path, opener: Opener) -> None:
    before = file.read_bytes()
    with pytest.raises(Locked, match=r"is encrypted: it needs its passphrase\.$"):
        opener(file, None)
    assert file.read_bytes() == before


@every_opener
def test_with_a_wrong_key_it_says_so_and_nothing_lands_on_the_screen(
    file: Path, key: bytes, opener: Opener, capfd: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    for other in (bytes(32), key[::-1]):
        with pytest.raises(StoreError, match=r"is damaged, or its key file is of another one .*: keep both"):
            opener(file, other)
    assert capfd.readouterr() == ("", "")
    assert file.read_bytes() == before
    with opener(file, key) as database:
        assert database.row("SELECT value FROM answer") == ("yes",)


def test_a_key_of_another_length_is_never_taken_for_a_passphrase(path: Path, tmp_path: Path) -> None:
    for length in (0, 16, 31, 33, 48):
        with pytest.raises(ValueError, match="32 bytes"):
            Database.create(path, bytes(length))
        assert list(tmp_path.iterdir()) == []


@every_opener
@pytest.mark.parametrize("given", [False, True])
def test_a_plain_file_is_not_taken_for_the_encrypted_one(
    path: Path, key: bytes, opener: Opener, given: bool
) -> None:
    Database.create(path).close()
    with pytest.raises(
        StoreError, match=r"is not encrypted, though it has a key file: move .* away"
    ) as caught:
        opener(path, key if given else None)
    assert not isinstance(caught.value, Locked)


@every_opener
def test_without_its_key_file_it_says_where_that_should_be(file: Path, opener: Opener) -> None:
    key_file_of(file).unlink()
    with pytest.raises(StoreError) as caught:
        opener(file, None)
    assert str(caught.value) == (
        f"{file} is encrypted, or another kind of file: put its key file {key_file_of(file)} back beside it."
    )


@every_opener
def test_other_files_are_not_said_to_be_encrypted(path: Path, opener: Opener) -> None:
    letters = ("Dear inspector, " * 1000).encode()
    for data in (b"", b"Dear", letters, bytes(9000), bytes(range(200)) * 50, b"\x89PNG" + letters):
        path.write_bytes(data)
        with pytest.raises(StoreError, match="is not an inspection of fieldtool: it is another kind of file"):
            opener(path, None)


def flipped(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def scrambled(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))


def cut(path: Path, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])


SPOILT: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b""),
    lambda path: cut(path, 60),
    lambda path: cut(path, 4095),
    lambda path: cut(path, 4096 * 3),
    lambda path: cut(path, 4096 * 3 + 100),
    lambda path: flipped(path, 3),
    lambda path: flipped(path, 2000),
    lambda path: flipped(path, 4090),
    lambda path: flipped(path, 4096 + 17),
    scrambled,
    lambda path: path.write_bytes(os.urandom(4096 * 4)),
]


def read_whole(opener: Opener, path: Path, key: bytes) -> None:
    with opener(path, key) as database:
        database.rows("PRAGMA integrity_check")


@every_opener
@pytest.mark.parametrize("spoil", SPOILT, ids=range(len(SPOILT)))
def test_a_damaged_file_says_so_and_one_flipped_bit_is_damage(
    file: Path, key: bytes, opener: Opener, spoil: Callable[[Path], object], capfd: pytest.CaptureFixture[str]
) -> None:
    spoil(file)
    before = file.read_bytes()
    with pytest.raises(StoreError) as caught:
        read_whole(opener, file, key)
    assert str(caught.value).startswith(f"{file} is damaged")
    assert str(caught.value).endswith("and go on from your copy.")
    assert capfd.readouterr() == ("", "")
    assert file.read_bytes() == before


@every_opener
def test_a_key_file_without_its_inspection(path: Path, key: bytes, opener: Opener) -> None:
    with pytest.raises(StoreError, match="There is no file"):
        opener(path, key)


def test_a_file_half_made_does_not_stay_but_its_key_file_is_not_ours_to_take(
    path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_M001", (*steps._M001, "CREATE TABLE event (x)"))
    with pytest.raises(StoreError, match="already exists"):
        Database.create(path, key)
    assert list(path.parent.iterdir()) == [key_file_of(path)]
    monkeypatch.undo()
    Database.create(path, key).close()


def test_a_new_one_never_takes_the_place_of_another(file: Path, key: bytes) -> None:
    before = file.read_bytes()
    with pytest.raises(StoreError, match="exists already: choose another name, or open it"):
        Database.create(file, key)
    assert file.read_bytes() == before


def test_a_file_in_a_folder_that_cannot_be_written_is_not_made(path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened \(file name too long\)"):
        Database.create(path.with_name("x" * 300))


def test_other_programs_can_open_it_with_the_raw_key(file: Path, key: bytes) -> None:
    connection = dbapi2.connect(file)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    assert connection.execute("SELECT value FROM answer").fetchone() == ("yes",)
    connection.close()
