"""The layer under SQLite sees and refuses what it should, and the disk it is replayed on is true to the files."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from faults.day import KEY, Day, beginning, make
from faults.disk import SECTOR, Disk
from faults.layer import Code, Kind, Layer, Operation, Refusal
from fieldtool.store.file.driver import dbapi2


def write(offset: int, data: bytes, file: str = "f") -> Operation:
    return Operation(Kind.WRITE, file, offset, data)


def sync(file: str = "f") -> Operation:
    return Operation(Kind.SYNC, file)


def disk_after(*operations: Operation) -> Disk:
    disk = Disk()
    for operation in operations:
        disk.do(operation)
    return disk


def lefts(disk: Disk, tries: int = 400) -> list[dict[str, bytes]]:
    """What a cut can leave, tried often enough to see all that there is to see."""
    return [disk.after_cut(Random(seed)) for seed in range(tries)]


CREATED = (Operation(Kind.CREATE, "f"), Operation(Kind.SYNC_FOLDER))


# ---------------------------------------------------------------------- the layer


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_replayed_day_is_what_the_files_hold(tmp_path: Path, key: bytes | None) -> None:
    operations: list[Operation] = []
    path = tmp_path / "day.db"
    beginning(large=False)
    with Layer(operations.append):
        make(path, lambda _: None, key)
        day = Day(path, 7, lambda _: None, key)
        day.work(15)
        disk = disk_after(*operations)
        held = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
        for name in held:
            disk.do(sync(name))
        disk.do(Operation(Kind.SYNC_FOLDER))
        assert not disk.unsafe
        assert disk.after_cut(Random(0)) == held
        day.close()


def test_a_commit_is_flushed_before_it_returns(tmp_path: Path) -> None:
    operations: list[Operation] = []
    with Layer(operations.append):
        make(tmp_path / "day.db", lambda _: None)
        with Day(tmp_path / "day.db", 1, lambda _: None) as day:
            inspection = day.inspection
            operations.clear()
            inspection.file.me = "INS-02"
            kinds = [operation.kind for operation in operations]
    assert Kind.WRITE in kinds
    assert kinds[-1] is Kind.SYNC


def test_refusals_reach_the_program_and_the_file_is_left_alone(tmp_path: Path) -> None:
    refused = {Kind.WRITE: Refusal(Code.FULL, written=100)}
    with Layer(lambda operation: refused.get(operation.kind)):
        connection = dbapi2.connect(str(tmp_path / "x.db"), isolation_level=None)
        with pytest.raises(dbapi2.OperationalError, match="full"):
            connection.execute("CREATE TABLE x (y)")
        refused.clear()
        connection.execute("CREATE TABLE x (y)")
        connection.close()


def test_reads_are_told_where_asked_for(tmp_path: Path) -> None:
    seen: list[Kind] = []
    path = str(tmp_path / "x.db")
    for reads in (False, True):
        with Layer(lambda operation: seen.append(operation.kind), reads=reads):
            connection = dbapi2.connect(path, isolation_level=None)
            connection.execute("CREATE TABLE IF NOT EXISTS x (y)")
            connection.close()
        assert (Kind.READ in seen) is reads


def test_what_the_watcher_raises_is_raised_at_the_end(tmp_path: Path) -> None:
    def watcher(_: Operation) -> None:
        raise LookupError("of the watcher")

    layer = Layer(watcher)
    layer.__enter__()
    with pytest.raises(dbapi2.OperationalError):
        dbapi2.connect(str(tmp_path / "x.db"))
    with pytest.raises(LookupError, match="of the watcher"):
        layer.__exit__(None, None, None)


def test_behind_the_block_nothing_is_watched(tmp_path: Path) -> None:
    seen: list[Operation] = []
    with Layer(seen.append):
        pass
    connection = dbapi2.connect(str(tmp_path / "x.db"), isolation_level=None)
    connection.execute("CREATE TABLE x (y)")
    connection.close()
    assert seen == []


# ---------------------------------------------------------------------- the disk


def test_what_was_flushed_is_never_lost() -> None:
    disk = disk_after(*CREATED, write(0, b"a" * 5000), sync(), write(5000, b"b" * 5000))
    for left in lefts(disk):
        assert left["f"][:5000] == b"a" * 5000
    disk.do(sync())
    assert all(left == {"f": b"a" * 5000 + b"b" * 5000} for left in lefts(disk, 20))


def test_what_was_not_flushed_may_be_there_missing_or_torn() -> None:
    disk = disk_after(*CREATED, write(0, bytes(4096)), sync(), write(0, b"n" * 4096))
    found = {left["f"] for left in lefts(disk)}
    assert {bytes(4096), b"n" * 4096} < found
    for content in found:
        sectors = {content[place : place + SECTOR] for place in range(0, 4096, SECTOR)}
        assert sectors <= {bytes(SECTOR), b"n" * SECTOR}


def test_a_later_write_may_arrive_without_an_earlier_one() -> None:
    disk = disk_after(
        *CREATED, write(0, b"-" * 2048), sync(), write(0, b"1" * 1024), write(1024, b"2" * 1024)
    )
    assert b"-" * 1024 + b"2" * 1024 in {left["f"] for left in lefts(disk)}


def test_of_two_writes_to_one_place_the_earlier_may_win() -> None:
    disk = disk_after(*CREATED, write(0, b"-" * 512), sync(), write(0, b"1" * 512), write(0, b"2" * 512))
    assert {left["f"][:1] for left in lefts(disk)} == {b"-", b"1", b"2"}


def test_the_size_may_be_old_or_ahead_of_the_bytes() -> None:
    disk = disk_after(*CREATED, write(0, b"a" * 512), sync(), write(512, b"b" * 512))
    found = {left["f"] for left in lefts(disk)}
    assert b"a" * 512 in found
    assert b"a" * 512 + bytes(512) in found
    assert any(len(content) == 1024 and content[512] not in (0, ord("b")) for content in found)


def test_a_cut_may_come_before_or_after_a_file_is_made_shorter() -> None:
    disk = disk_after(*CREATED, write(0, b"a" * 1024), sync(), Operation(Kind.TRUNCATE, "f", 0))
    assert {len(left["f"]) for left in lefts(disk)} == {0, 1024}


def test_names_are_safe_when_the_folder_was_flushed() -> None:
    made = disk_after(Operation(Kind.CREATE, "f"), write(0, b"a" * 512), sync())
    assert {tuple(left) for left in lefts(made)} == {(), ("f",)}
    made.do(Operation(Kind.SYNC_FOLDER))
    assert {tuple(left) for left in lefts(made)} == {("f",)}
    made.do(Operation(Kind.DELETE, "f"))
    assert {tuple(left) for left in lefts(made)} == {(), ("f",)}


def test_a_file_made_anew_may_still_be_the_old_one() -> None:
    again = (Operation(Kind.DELETE, "f"), Operation(Kind.CREATE, "f"), write(0, b"new" * 100), sync())
    disk = disk_after(*CREATED, write(0, b"old" * 100), sync(), *again)
    assert {left.get("f", b"")[:3] for left in lefts(disk)} == {b"old", b"", b"new"}
