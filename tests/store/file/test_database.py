"""The file: made, opened, refused with a sentence, all or nothing, and the steps from version to version."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import fieldtool.store.file.driver  # isort: skip  # noqa: F401  # before sqlite-utils
import sqlite_utils

import fieldtool.store.file.migrations as steps
from builders.laptops import YES, Laptop, value_of
from fieldtool.store.file.database import APPLICATION_ID, SCHEMA_VERSION, Database, StoreError
from fieldtool.store.file.driver import dbapi2

OPENERS = [Database.open, Database.open_read_only]
Opener = Callable[[Path], Database]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "an inspection #1 50%?.db"  # a name that must not be taken for part of a URI
    with Laptop(path, "a") as laptop:
        laptop.set_up("A").log.record("A", YES)
    return path


def schema(connection: dbapi2.Connection) -> list[tuple[str, ...]]:
    return list(connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"))


def test_create_makes_a_file_that_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with Database.create(path) as database:
        assert database.writable
        assert database.row("PRAGMA journal_mode") == ("wal",)
        assert database.row("PRAGMA synchronous") == (2,)
        assert database.row("PRAGMA foreign_keys") == (1,)
    with Database.open(path) as database:
        assert database.row("PRAGMA application_id") == (APPLICATION_ID,)
        assert database.row("PRAGMA synchronous") == (2,)


@pytest.mark.parametrize("opener", OPENERS)
def test_what_was_recorded_is_there_when_it_is_opened_again(file: Path, opener: Opener) -> None:
    assert file.exists()
    with opener(file) as database:
        assert database.row("SELECT value FROM answer") == ("yes",)
        assert database.writable is (opener == Database.open)


def test_reading_alone_cannot_write(file: Path) -> None:
    with Database.open_read_only(file) as database:
        with pytest.raises(StoreError, match="cannot be written where it is"), database.transaction():
            database.connection.execute("DELETE FROM local")
        assert database.rollbacks in (0, 1)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs mount, so root on Linux")
@pytest.mark.parametrize("wal_left", [False, True])
def test_on_a_disk_that_cannot_be_written_it_can_be_read(
    tmp_path: Path, small_disk: Callable[[int], Path], remount: Callable[[Path, str], None], wal_left: bool
) -> None:
    disk = small_disk(4)
    path = disk / "a.db"
    laptop = Laptop(path, "a").set_up("A")
    laptop.log.record("A", YES)
    if wal_left:
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("a.db", "a.db-wal"):
            (copy / name).write_bytes((disk / name).read_bytes())
    laptop.database.close()
    if wal_left:
        for name in ("a.db", "a.db-wal"):
            (disk / name).write_bytes((copy / name).read_bytes())
    remount(disk, "ro")
    with pytest.raises(StoreError, match="cannot be written where it is"):
        Database.open(path)
    if wal_left:
        # What stands beside the file may not be left out, and cannot be read in without writing.
        with pytest.raises(StoreError, match=r"."), Database.open_read_only(path) as database:
            database.rows("SELECT value FROM answer")
    else:
        with Database.open_read_only(path) as database:
            assert database.rows("SELECT value FROM answer") == [("yes",)]


# ---------------------------------------------------------------------- refusals


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("Dear inspector,\n")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def stranger(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE shopping (what TEXT)")
    connection.commit()
    connection.close()


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()


def header_alone(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 4096 * 2])


def scrambled_header(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[16:100] = bytes(reversed(data[16:100]))
    path.write_bytes(data)


def scrambled_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


REFUSED = [
    (missing, "There is no file {}: check the name, or see `fieldtool demo`."),
    (folder, "{} is a folder: name the inspection file in it."),
    (text, "{} is not an inspection of fieldtool: it is another kind of file."),
    (empty, "{} is not an inspection of fieldtool: it is another kind of file."),
    (stranger, "{} is a database, but not an inspection of fieldtool."),
    (newer, "{} was written by a newer fieldtool: update this one to open it."),
    (header_alone, "{} is a database, but not an inspection of fieldtool."),
    (scrambled_header, "{} is damaged"),
]


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(("spoil", "sentence"), REFUSED, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_no_inspection_is_refused(
    file: Path, opener: Opener, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(file)
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(StoreError) as caught:
        opener(file)
    assert str(caught.value).startswith(sentence.format(file))
    assert str(caught.value).endswith(".")
    assert (file.read_bytes() if file.is_file() else None) == before  # nobody's file was touched


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("spoil", [truncated, scrambled_pages])
def test_a_damaged_file_says_so_at_the_latest_when_it_is_read(
    file: Path, opener: Opener, spoil: Callable[[Path], None]
) -> None:
    spoil(file)
    sentence = r"is damaged .*: keep it, and go on from your copy"
    with pytest.raises(StoreError, match=sentence), opener(file) as database:
        database.rows("SELECT * FROM event")


def older(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 0")
    connection.close()


def test_an_older_file_is_not_changed_by_looking_at_it(file: Path) -> None:
    older(file)
    with pytest.raises(StoreError, match="is of an older fieldtool: open it once with"):
        Database.open_read_only(file)


def test_create_never_touches_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear inspector")
    with pytest.raises(StoreError, match="exists already: choose another name, or open it"):
        Database.create(path)
    assert path.read_text() == "Dear inspector"


def test_create_wants_its_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"There is no folder .*: make it first"):
        Database.create(tmp_path / "nowhere" / "a.db")


def test_a_file_half_made_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    monkeypatch.setattr(steps, "_M001", (*steps._M001, "CREATE TABLE event (x)"))
    with pytest.raises(StoreError, match="already exists"):
        Database.create(path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    Database.create(path).close()


def test_a_file_in_use_elsewhere_says_so(file: Path) -> None:
    with Laptop(file, "a") as laptop, Database.open(file) as other:
        laptop.database.connection.execute("PRAGMA busy_timeout = 0")
        other.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is in use by another program, nothing was saved"):
            laptop.log.record("A", YES)
        other.connection.execute("ROLLBACK")
        laptop.log.record("A", YES)
        assert len(laptop.events) == 4


# ---------------------------------------------------------------------- transactions


def local(database: Database) -> list[object]:
    with_one_more = "INSERT INTO local VALUES ('half', 'done')"
    database.connection.execute(with_one_more)
    return []


def test_a_transaction_that_raises_leaves_nothing_and_is_counted(tmp_path: Path) -> None:
    with Database.create(tmp_path / "a.db") as database:
        with pytest.raises(ZeroDivisionError), database.transaction():
            database.connection.execute("INSERT INTO local VALUES ('x', ?)", (1 / len(local(database)),))
        assert database.rows("SELECT * FROM local WHERE name <> 'door'") == []
        assert database.rollbacks == 1
        with database.transaction():
            database.connection.execute("INSERT INTO local VALUES ('x', 'y')")
        assert database.rows("SELECT * FROM local WHERE name <> 'door'") == [("x", "y")]


class Late:
    """A connection that does what BEGIN asks for, and raises all the same."""

    def __init__(self, connection: dbapi2.Connection, error: BaseException) -> None:
        self._connection, self._error = connection, error

    def execute(self, sql: str, *values: object) -> dbapi2.Cursor:
        done = self._connection.execute(sql, *values)
        if sql.startswith("BEGIN"):
            raise self._error
        return done

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


@pytest.mark.parametrize(
    ("error", "raised"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (dbapi2.OperationalError("disk I/O error"), StoreError)],
)
def test_a_transaction_that_begins_and_raises_is_not_left_open(
    tmp_path: Path, error: BaseException, raised: type[BaseException]
) -> None:
    with Database.create(tmp_path / "a.db") as database:
        connection, database.connection = database.connection, Late(database.connection, error)
        with pytest.raises(raised), database.transaction():
            pass  # pragma: no cover
        assert not connection.in_transaction
        assert database.rollbacks == 1
        database.connection = connection
        with database.transaction():
            connection.execute("INSERT INTO local VALUES ('x', 'y')")
        assert database.rows("SELECT * FROM local WHERE name <> 'door'") == [("x", "y")]


def test_a_transaction_within_another_takes_nothing_back_of_it(tmp_path: Path) -> None:
    with Database.create(tmp_path / "a.db") as database:
        with database.transaction():
            database.connection.execute("INSERT INTO local VALUES ('x', 'y')")
            with pytest.raises(StoreError, match="within a transaction"), database.transaction():
                pass  # pragma: no cover
        assert database.rows("SELECT * FROM local WHERE name <> 'door'") == [("x", "y")]


def test_errors_of_the_driver_become_sentences(tmp_path: Path) -> None:
    with Database.create(tmp_path / "a.db") as database:
        with pytest.raises(StoreError, match=r"a\.db could not be used: no such table: nowhere\."):
            database.rows("SELECT * FROM nowhere")
        with pytest.raises(StoreError, match="no such table"):
            database.row("SELECT * FROM nowhere")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("database or disk is full", "The disk is full, nothing was saved: free some space"),
        ("disk I/O error", "The disk failed, nothing was saved: check the disk"),
        ("database disk image is malformed", "is damaged"),
        ("file is not a database", "is damaged or no inspection"),
        ("database is locked", "is in use by another program"),
        ("attempt to write a readonly database", "cannot be written where it is"),
        ("unable to open database file", "cannot be opened"),
    ],
)
def test_the_phrases_of_sqlite(tmp_path: Path, error: str, sentence: str) -> None:
    with Database.create(tmp_path / "a.db") as database:
        with pytest.raises(StoreError, match=sentence) as caught, database.worded():
            raise dbapi2.OperationalError(error)
        assert "a.db" in str(caught.value)


# ---------------------------------------------------------------------- migrations


def test_a_new_file_is_what_the_steps_make(tmp_path: Path) -> None:
    with Database.create(tmp_path / "a.db") as database:
        made = dbapi2.connect(":memory:", isolation_level=None)
        steps.upgrade(made)
        assert schema(database.connection) == schema(made)
        assert database.row("PRAGMA user_version") == (SCHEMA_VERSION,)
        made.close()


def test_the_version_is_the_number_of_steps() -> None:
    connection = dbapi2.connect(":memory:", isolation_level=None)
    names = [step.name for step in steps.migrations.pending(sqlite_utils.Database(connection))]
    connection.close()
    assert len(names) == SCHEMA_VERSION
    assert [name[:5] for name in names] == [f"m{n + 1:03}_" for n in range(SCHEMA_VERSION)]


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = dbapi2.connect(":memory:", isolation_level=None)
    monkeypatch.setattr(steps, "_M001", (*steps._M001, "not a statement"))
    with pytest.raises(dbapi2.OperationalError, match="syntax error"):
        steps.upgrade(connection)
    assert {name for _, name, _ in schema(connection)} <= {
        "_sqlite_migrations",
        "sqlite_autoindex__sqlite_migrations_1",
        "idx__sqlite_migrations_migration_set_name",
    }
    assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    monkeypatch.undo()
    steps.upgrade(connection)
    steps.upgrade(connection)  # a second time changes nothing
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_sqlite_utils_works_with_our_driver() -> None:
    database = sqlite_utils.Database(memory=True)
    assert isinstance(database.conn, dbapi2.Connection)
    with pytest.raises(dbapi2.OperationalError, match="no such table"):
        database.execute("SELECT * FROM nowhere")
    with database.atomic():  # catches the driver's own errors by its classes
        database.execute("CREATE TABLE t (x)")
    database.close()


def test_those_who_read_the_file_with_sql_see_values_by_kind(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        assert laptop.database.rows("SELECT ref, item, value FROM answer") == [("A", "Qax", "yes")]
        assert value_of(laptop, "answer:Qax") == "yes"
        for view in ("judgement", "fact", "note", "reason"):
            assert laptop.database.rows(f"SELECT * FROM {view}") == []  # noqa: S608  # names of our own
