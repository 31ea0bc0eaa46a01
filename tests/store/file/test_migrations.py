"""Files of every earlier version: nothing is lost by an upgrade, a copy is made before, and half of one is none."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders.laptops import NO, Watch, assert_counted, views
from fieldtool.domain.kinds.kind import KINDS
from fieldtool.domain.log.events import ChainId
from fieldtool.store.audit import file_check
from fieldtool.store.chain.log import Log
from fieldtool.store.file import migrations
from fieldtool.store.file.database import SCHEMA_VERSION, Database, StoreError
from fieldtool.store.file.driver import dbapi2
from fieldtool.store.views import case_lines
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

FIXTURES = Path(__file__).parents[2] / "fixtures"
VERSIONS = sorted(int(path.stem.partition("_")[2]) for path in FIXTURES.glob("schema_*.db"))
OLDER = [version for version in VERSIONS if version < SCHEMA_VERSION]
KEY = bytes(range(32))
KEPT = {
    "event": "SELECT * FROM event",
    "draft": "SELECT * FROM draft",
    "local": "SELECT * FROM local WHERE name NOT IN ('views', 'door')",
}

Rows = dict[str, list[tuple[Any, ...]]]


def kept(path: Path, key: bytes | None = None) -> Rows:
    """What there is no second record of, read without our own code, byte for byte."""
    connection = dbapi2.connect(str(path))
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.text_factory = bytes
    try:
        return {table: connection.execute(statement).fetchall() for table, statement in KEPT.items()}
    finally:
        connection.close()


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


@pytest.fixture(params=VERSIONS, ids=lambda version: f"version {version}")
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(FIXTURES / f"schema_{request.param}.db", tmp_path / "hiow.db"))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of the version before."""
    return Path(shutil.copy(FIXTURES / f"schema_{OLDER[-1]}.db", tmp_path / "hiow.db"))


def beside(path: Path) -> list[str]:
    return sorted(other.name for other in path.parent.iterdir() if other != path)


def test_there_is_a_file_of_every_version() -> None:
    assert [*range(1, SCHEMA_VERSION + 1)] == VERSIONS
    assert [version_of(FIXTURES / f"schema_{version}.db") for version in VERSIONS] == VERSIONS


def test_nothing_is_lost(file: Path) -> None:
    before = kept(file)
    assert all(before.values())
    with InspectionFile.open(file, to_write=True) as inspection_file:
        database = inspection_file.database
        assert inspection_file.me == "INS-01"
        assert not case_lines.views_behind(database)
        shown = views(database)
        assert len(shown["head"]) > 10
        file_check.rebuild(database)
        assert views(database) == shown
        assert_counted(database)
        assert [line for line in file_check.findings(database) if "kept but has no effect" not in line] == []
        inspection = Inspection(inspection_file, "LEAD-1")
        assert inspection.being_written(inspection.case("B-03")) != {}
        assert len(inspection.contested(inspection.case("B-02"))) == 1
        assert inspection.unknown_kinds() == {"weather.changed": 1}
    assert version_of(file) == SCHEMA_VERSION
    assert kept(file) == before


def test_work_goes_on_in_an_upgraded_file(file: Path) -> None:
    with InspectionFile.open(file, to_write=True) as inspection_file:
        before = len(kept(file)["event"])
        (event,) = Log(inspection_file.database, ChainId("aa", 1), "INS-01", Watch()).record("B-02", NO)
        assert len(event.parents) == 2  # it settles the conflict
        assert len(kept(file)["event"]) == before + 1
        assert [
            line for line in file_check.findings(inspection_file.database) if "has no effect" not in line
        ] == []


def test_a_kind_that_this_version_has_learnt_takes_effect(tmp_path: Path) -> None:
    # The first version alone did not know it.
    old = Path(shutil.copy(FIXTURES / "schema_1.db", tmp_path / "hiow.db"))
    slot = "device:zz.1"
    with Database.open(old) as database:
        assert database.row("SELECT value FROM head WHERE slot = ?", (slot,)) is None
    with InspectionFile.open(old, to_write=True) as inspection_file:
        assert inspection_file.database.row("SELECT value FROM head WHERE slot = ?", (slot,)) is not None
        assert inspection_file.database.rows("SELECT seq FROM set_aside") == [(2,), (3,)]


def test_what_was_set_aside_takes_effect_once_it_can_be_read(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with InspectionFile.open(old, to_write=True) as inspection_file:
        database = inspection_file.database
        # As another program of the same tables would have left it that knew one kind less.
        with monkeypatch.context() as patch:
            patch.delitem(KINDS, "device.joined")
            file_check.rebuild(database)
            assert file_check.unknown_kinds(database) == {"device.joined": 1, "weather.changed": 1}
            assert not file_check.catch_up(database)
        Inspection(inspection_file, "LEAD-1")
        assert file_check.unknown_kinds(database) == {"weather.changed": 1}


# ---------------------------------------------------------------------- the copy


def test_a_copy_of_what_was_there_stays_beside_it(old: Path) -> None:
    before = old.read_bytes()
    Database.open(old).close()
    copy = old.with_name(f"hiow.db.before-{SCHEMA_VERSION}")
    assert beside(old) == [copy.name]
    assert version_of(copy) == SCHEMA_VERSION - 1
    assert kept(copy) == kept(old)
    # Put back under its own name, it is what there was.
    shutil.copy(copy, old)
    assert kept(old) == kept(copy)
    InspectionFile.open(old, to_write=True).close()
    assert len(before) > 0


def test_what_is_still_in_the_wal_is_in_the_copy(old: Path) -> None:
    writer = sqlite3.connect(old)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("INSERT INTO local VALUES ('late', 'but safe')")
    writer.commit()
    assert Path(f"{old}-wal").stat().st_size > 0
    Database.open(old).close()
    copy = old.with_name(f"hiow.db.before-{SCHEMA_VERSION}")
    assert (b"late", b"but safe") in kept(copy)["local"]
    assert (b"late", b"but safe") in kept(old)["local"]
    writer.close()


def test_one_generation_of_copies_is_kept(old: Path) -> None:
    for name in ("hiow.db.before-1", "other.db.before-1", "hiow.db.key.txt"):
        old.with_name(name).write_text("of another time")
    Database.open(old).close()
    assert beside(old) == [f"hiow.db.before-{SCHEMA_VERSION}", "hiow.db.key.txt", "other.db.before-1"]


def test_a_file_that_is_up_to_date_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Database.create(path).close()
    Database.open(path).close()
    assert beside(path) == []


def encrypted(old: Path) -> Path:
    """The same file, encrypted, as a later version of the program that made it could have."""
    path = old.with_name("secret.db")
    connection = dbapi2.connect(str(old), isolation_level=None)
    connection.execute(f"ATTACH '{path}' AS secret KEY \"x'{KEY.hex()}'\"")
    connection.execute("SELECT sqlcipher_export('secret')")
    for pragma in ("application_id", "user_version"):
        (value,) = connection.execute(f"PRAGMA main.{pragma}").fetchone()
        connection.execute(f"PRAGMA secret.{pragma} = {value}")
    connection.close()
    old.unlink()
    path.with_name("secret.db.key").write_text("the key file is nobody's business here")
    return path


def test_an_encrypted_file_stays_so_and_its_copy_too(old: Path) -> None:
    path = encrypted(old)
    key_file = path.with_name("secret.db.key")
    locked = key_file.read_bytes()
    before = kept(path, KEY)
    with InspectionFile.open(path, to_write=True, key=KEY) as inspection_file:
        assert [
            line for line in file_check.findings(inspection_file.database) if "has no effect" not in line
        ] == []
    copy = path.with_name(f"secret.db.before-{SCHEMA_VERSION}")
    assert kept(path, KEY) == kept(copy, KEY) == before
    assert all(b"half a thou" not in other.read_bytes() for other in path.parent.iterdir())
    assert not copy.read_bytes().startswith(b"SQLite")
    assert key_file.read_bytes() == locked
    assert beside(path) == [copy.name, key_file.name]


# ---------------------------------------------------------------------- what goes wrong


def upgraded_or_as_it_was(path: Path, before: Rows) -> None:
    """The file is whole, of one version or the other, and opens; then it is upgraded."""
    assert version_of(path) in {SCHEMA_VERSION - 1, SCHEMA_VERSION}
    with InspectionFile.open(path, to_write=True) as inspection_file:
        assert [
            line for line in file_check.findings(inspection_file.database) if "has no effect" not in line
        ] == []
    assert kept(path) == before
    assert [name for name in beside(path) if ".part" in name] == []


class Interrupted:
    """Connections that are interrupted after so many steps of SQLite's own machine, counted over all of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = -1
        self._connect = Database.__dict__["_connect"].__func__
        monkeypatch.setattr(Database, "_connect", classmethod(self.connect))

    def connect(self, cls: type[Database], path: Path, mode: str, key: bytes | None) -> Database:
        database: Database = self._connect(cls, path, mode, key)
        database.connection.set_progress_handler(self.step, 20)
        return database

    def step(self) -> bool:
        self.left -= 1
        return self.left == 0


def test_an_upgrade_interrupted_anywhere_is_as_if_not_begun(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, whole = kept(old), old.read_bytes()
    interrupted = Interrupted(monkeypatch)
    number, refused = 1, 0
    while True:
        old.write_bytes(whole)
        interrupted.left = number
        try:
            Database.open(old).close()
        except StoreError as error:
            assert "interrupted" in str(error)  # noqa: PT017  # until it is not
            refused += 1
        else:
            break
        assert interrupted.left <= 0
        assert version_of(old) == SCHEMA_VERSION - 1
        assert kept(old) == before
        assert [name for name in beside(old) if ".part" in name] == []
        interrupted.left = -1
        number += 7
    interrupted.left = -1
    assert refused > 10
    upgraded_or_as_it_was(old, before)


KILLED = """
import os, sys
from pathlib import Path
from fieldtool.store.file import database as module
import fieldtool.store.file.migrations

path, whole = Path(sys.argv[1]), Path(sys.argv[1]).read_bytes()
connect = module.Database.__dict__["_connect"].__func__
left = 0

def counting(cls, *args, **kwargs):
    database = connect(cls, *args, **kwargs)
    database.connection.set_trace_callback(step)
    return database

def step(statement):
    global left
    left -= 1
    if left == 0:
        os._exit(9)

module.Database._connect = classmethod(counting)
number = 1
while True:
    place = path.with_name(f"{number:03}") / path.name
    place.parent.mkdir()
    place.write_bytes(whole)
    child = os.fork()
    if not child:
        left = number
        module.Database.open(place).close()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == 0:
        break
    assert os.waitstatus_to_exitcode(status) == 9, status
    number += 1
print(number)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_program_killed_at_any_statement_leaves_a_file_that_opens(old: Path) -> None:
    before = kept(old)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(old)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    number = int(done.stdout)
    assert number > 20
    for place in range(1, number + 1):
        path = old.parent / f"{place:03}" / old.name
        Database.open(path).close()
        assert (version_of(path), kept(path)) == (SCHEMA_VERSION, before)
        assert [name for name in beside(path) if ".part" in name] == []
        if place % 10 == 0:
            upgraded_or_as_it_was(path, before)


def lose_an_event(connection: dbapi2.Connection) -> None:
    connection.execute("DROP TRIGGER event_is_never_deleted")
    connection.execute("DELETE FROM event WHERE seq = 3")


def alter_a_draft(connection: dbapi2.Connection) -> None:
    connection.execute("UPDATE draft SET text = text || '!'")


def fail(connection: dbapi2.Connection) -> None:
    connection.execute("SELECT 1 FROM nowhere")


FAULTS: list[tuple[Callable[[dbapi2.Connection], None], str]] = [
    (lose_an_event, "could not be brought up to date and is as it was: keep it"),
    (alter_a_draft, "could not be brought up to date and is as it was: keep it"),
    (fail, "no such table: nowhere"),
]


@pytest.mark.parametrize(("fault", "sentence"), FAULTS)
def test_a_step_that_loses_something_is_taken_back(
    old: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[dbapi2.Connection], None], sentence: str
) -> None:
    before = kept(old)
    run = migrations._run_steps

    def spoilt(connection: dbapi2.Connection) -> None:
        run(connection)
        fault(connection)

    monkeypatch.setattr(migrations, "_run_steps", spoilt)
    with pytest.raises(StoreError, match=sentence):
        Database.open(old)
    assert version_of(old) == SCHEMA_VERSION - 1
    assert kept(old) == before
    monkeypatch.undo()
    upgraded_or_as_it_was(old, before)


def test_a_copy_that_cannot_be_made_stops_the_upgrade(old: Path) -> None:
    before = kept(old)
    old.with_name(f"hiow.db.before-{SCHEMA_VERSION}").mkdir()
    with pytest.raises(StoreError, match="no copy could be made beside it before it is brought up to date"):
        Database.open(old)
    assert version_of(old) == SCHEMA_VERSION - 1
    assert kept(old) == before
    old.with_name(f"hiow.db.before-{SCHEMA_VERSION}").rmdir()
    upgraded_or_as_it_was(old, before)


def test_a_full_disk_stops_the_upgrade_before_it_begins(small_disk: Callable[[int], Path]) -> None:
    path = small_disk(1) / "hiow.db"
    shutil.copy(FIXTURES / f"schema_{OLDER[-1]}.db", path)
    before = kept(path)
    filler = path.with_name("filler")
    filler.write_bytes(b"x" * (1024 * 1024 - path.stat().st_size - 100 * 1024))
    with pytest.raises(StoreError, match=r"disk is full|disk failed"):
        Database.open(path)
    filler.unlink()
    assert version_of(path) == SCHEMA_VERSION - 1
    upgraded_or_as_it_was(path, before)


def test_a_damaged_file_is_not_upgraded(old: Path) -> None:
    data = bytearray(old.read_bytes())
    data[-4096:] = b"\xa5" * 4096
    old.write_bytes(data)
    with pytest.raises(StoreError):
        Database.open(old)
    assert version_of(old) == SCHEMA_VERSION - 1


def test_two_programs_that_open_an_older_file_upgrade_it_once(old: Path) -> None:
    with Database.open(old) as first, Database.open(old) as second:
        copy = old.with_name(f"hiow.db.before-{SCHEMA_VERSION}")
        made = copy.stat().st_mtime_ns
        second._upgrade_file(old, None)  # as if it had looked before the first was done
        assert copy.stat().st_mtime_ns == made
        assert first.rows("SELECT count(*) FROM event") == second.rows("SELECT count(*) FROM event")


def test_an_older_file_is_not_upgraded_by_looking(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(StoreError, match="is of an older fieldtool: open it once with `fieldtool"):
        Database.open_read_only(old)
    assert old.read_bytes() == before
