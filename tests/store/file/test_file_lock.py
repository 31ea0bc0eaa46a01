"""One program at a time writes in a file: taken, refused, let go, given back by the system after a kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders.laptops import held
from fieldtool.store.file.database import StoreError
from fieldtool.store.file.file_lock import FileLock, lock_file_of

HOLDER = """
import sys
from pathlib import Path
from fieldtool.store.file.file_lock import FileLock
hold = FileLock.take(Path(sys.argv[1]))
print("held" if hold else "refused", flush=True)
sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """Another program that takes the file and keeps it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def take(path: Path) -> FileLock:
    hold = FileLock.take(path)
    assert hold is not None
    return hold


def test_the_second_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    first = take(path)
    assert FileLock.take(path) is None
    with holder(path) as other:
        assert said(other) == "refused"
    first.release()
    first.release()
    take(path).release()
    assert list(tmp_path.iterdir()) == []


def test_a_kill_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with holder(path) as other:
        assert said(other) == "held"
        assert FileLock.take(path) is None
        other.kill()
        other.wait()
    assert lock_file_of(path).exists()
    take(path).release()
    assert not lock_file_of(path).exists()


def test_a_file_left_over_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    lock_file_of(path).write_text("left over")
    with held(path):
        assert FileLock.take(path) is None


def test_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    hold = take(path)
    with (
        pytest.raises(StoreError, match=r"x\.db is open in another window: close that one first"),
        held(path),
    ):
        raise AssertionError
    hold.release()


def test_let_go_when_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with pytest.raises(KeyError), held(path):
        raise KeyError
    take(path).release()


def test_where_no_lock_can_be_had_nobody_is_kept_out(tmp_path: Path) -> None:
    path = tmp_path / "not there" / "x.db"
    take(path).release()
    with held(path):
        pass


def test_a_file_taken_away_while_waiting_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    first, real = take(path), Path.stat
    looks: list[Path] = []

    def stat(self: Path, **how: bool) -> object:
        if not looks:
            looks.append(self)
            lock_file_of(path).unlink()
        return real(self, **how)

    first.release()
    monkeypatch.setattr(Path, "stat", stat)
    second = take(path)
    monkeypatch.undo()
    assert looks
    assert FileLock.take(path) is None
    second.release()
