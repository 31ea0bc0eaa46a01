"""Files that cannot be used: one sentence on stderr, exit code 2, and never a traceback."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders.commands import asked, refused, run, tiny

READING = ["ratings", "progress", "verify", "rebuild"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def missing(path: Path) -> Path:
    return path.with_name("missing.db")


def folder(path: Path) -> Path:
    return path.parent


def text(path: Path) -> Path:
    path.write_text("An inspection, written down by hand.\n" * 100)
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def other_database(path: Path) -> Path:
    other = path.with_name("other.db")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE shopping (item TEXT)")
    connection.close()
    return other


def truncated(path: Path) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[:5000])
    return path


def header_alone(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:100])
    return path


def newer(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    return path


UNUSABLE: list[tuple[Callable[[Path], Path], str]] = [
    (missing, "There is no file"),
    (folder, "is a folder"),
    (text, "is not an inspection of fieldtool"),
    (empty, "is not an inspection of fieldtool"),
    (other_database, "is a database, but not an inspection"),
    (truncated, "is damaged"),
    (header_alone, "is damaged"),
    (newer, "was written by a newer fieldtool"),
]


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize(("spoil", "words"), UNUSABLE, ids=lambda value: getattr(value, "__name__", None))
def test_an_unusable_file(path: Path, command: str, spoil: Callable[[Path], Path], words: str) -> None:
    answer = asked(command, spoil(path))
    if command == "verify" and answer.exit_code == 1:
        assert "damaged" in answer.stdout  # it could be opened, and what is wrong is a finding
        return
    assert words in refused(answer)


@pytest.mark.parametrize("command", [["case", "B-01"], ["export", "--to", "tables"]])
def test_the_other_commands_refuse_too(path: Path, command: list[str], tmp_path: Path) -> None:
    first, *rest = command
    rest = [str(tmp_path / "tables") if word == "tables" else word for word in rest]
    assert "is not an inspection" in refused(asked(first, text(path), *rest))
    assert not (tmp_path / "tables").exists()


def test_as_a_program_too(path: Path) -> None:
    assert "There is no file" in refused(run("ratings", missing(path)))
    assert "is not an inspection" in refused(run("verify", text(path)))


def corrupted(path: Path) -> Iterator[Path]:
    """Copies of the file, each with another of its pages overwritten."""
    data = path.read_bytes()
    for page in range(1, len(data) // 4096):
        copy = path.with_name(f"page_{page}.db")
        copy.write_bytes(data[: page * 4096] + b"\xa5" * 4096 + data[(page + 1) * 4096 :])
        yield copy


def test_no_overwritten_page_is_missed_or_ends_in_a_traceback(path: Path) -> None:
    before = asked("ratings", path).stdout
    copies = list(corrupted(path))
    assert len(copies) > 10
    for copy in copies:
        answer = asked("verify", copy)
        assert answer.exit_code in (1, 2), (copy, answer.stdout, answer.exception)
        assert (answer.stdout if answer.exit_code == 1 else refused(answer)).strip(), copy
        for command in (["ratings"], ["progress"], ["case", "B-02"]):
            answer = asked(command[0], copy, *command[1:])
            if answer.exit_code == 0:
                assert command != ["ratings"] or answer.stdout == before
            else:
                refused(answer)


def test_a_byte_changed_in_the_log_is_found(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_is_never_changed")
    connection.execute("UPDATE event SET body = replace(body, 'a reason', 'b reason')")
    connection.commit()
    connection.close()
    answer = asked("verify", path)
    assert answer.exit_code == 1
    assert "is not as it was written" in answer.stdout
    assert answer.stderr == ""
    assert run("verify", path).returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
class TestReadOnly:
    """A stick or a share that cannot be written."""

    @pytest.fixture
    def locked(self, path: Path) -> Iterator[Path]:
        path.chmod(0o444)
        path.parent.chmod(0o555)
        yield path
        path.parent.chmod(0o755)

    @pytest.mark.parametrize("command", [["ratings"], ["progress"], ["verify"], ["case", "B-01"]])
    def test_looking_works(self, locked: Path, command: list[str]) -> None:
        answer = run(command[0], locked, *command[1:], held_back=True)
        assert (answer.returncode, answer.stderr) == (0, "")

    def test_writing_is_refused(self, locked: Path) -> None:
        assert "cannot be written" in refused(run("rebuild", locked, held_back=True))

    def test_an_export_into_it_is_refused(self, locked: Path) -> None:
        answer = run("export", locked, "--to", locked.parent / "tables", held_back=True)
        assert "could not be written" in refused(answer)

    def test_a_file_that_nobody_may_read(self, path: Path) -> None:
        path.chmod(0)
        assert "cannot be read: permission denied" in refused(run("ratings", path, held_back=True))


def test_reading_leaves_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    for command in (["ratings"], ["progress"], ["verify"], ["case", "B-01"]):
        assert asked(command[0], path, *command[1:]).exit_code == 0
    assert path.read_bytes() == before
    # SQLite's own, which a reader cannot take away again; there is nothing in the log of a reader.
    left = {beside.name.removeprefix(path.name): beside.stat().st_size for beside in path.parent.iterdir()}
    assert left.keys() <= {"", "-wal", "-shm"}
    assert left.get("-wal", 0) == 0
