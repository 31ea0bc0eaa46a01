"""`fieldtool copy`, `restore` and `backup`, as a person uses them when a laptop dies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builders.commands import asked, refused, tiny
from builders.laptops import held
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.store.keys import key_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

pytestmark = pytest.mark.usefixtures("cheap_passphrases")

PASSPHRASE, ANOTHER = "tall grey heron wades", "nine copper kettles sing"
FACTS = ("--provider", "Hampshire", "--title", "Trial", "--id", "INS-01", "--name", "Ines One")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tiny(tmp_path / "tiny.db")
    asked("copy", path, "--stop")  # from now on, this laptop knows it
    return path


def said(*args: str | Path, code: int = 0) -> str:
    answer = asked(*args)
    assert answer.exit_code == code, answer.output
    return answer.stdout


def elsewhere(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Sit down at another laptop."""
    folder.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(folder))


def events(path: Path, key: bytes | None = None) -> list[object]:
    with Database.open_read_only(path, key) as database:
        return list(read_events(database))


def test_a_folder_is_named_once(path: Path, stick: Path) -> None:
    lines = said("copy", path, "--to", stick).splitlines()
    assert lines[0].startswith(f"The second copy of {path} is in {stick}")
    assert "on the same disk" in lines[1]
    assert re.fullmatch(rf"\d+ entries copied now, and read back: .* in {path}\.", lines[-1])
    with InspectionFile.open(path, to_write=True) as file:
        inspection = Inspection(file, "INS-01")
        inspection.reopen(inspection.case("B-01"), "a mistake")
    # The text that was being typed was recorded with it.
    assert (
        said("copy", path) == f"2 entries copied now, and read back: the copy holds everything in {path}.\n"
    )


def test_what_is_damaged_in_the_copy_is_said_and_copied_again(path: Path, stick: Path) -> None:
    said("copy", path, "--to", stick)
    with InspectionFile.open(path, to_write=True) as file:
        Inspection(file, "INS-01")
    said("copy", path)
    first = min(stick.rglob("*.ftcopy"))
    first.write_bytes(b"dust")
    lines = said("copy", path).splitlines()
    assert lines[0].startswith(f"Damaged in the copy: {first.name}: ")
    assert lines[1:] == [
        "All of it was copied again.",
        f"{len(events(path))} entries copied now, and read back: the copy holds everything in {path}.",
    ]
    assert said("copy", path).startswith("0 entries copied now")


def test_stopping(path: Path, stick: Path) -> None:
    said("copy", path, "--to", stick)
    assert f"what is in {stick}" in said("copy", path, "--stop")
    assert "No folder for a second copy was named yet" in refused(asked("copy", path))
    assert "not both" in refused(asked("copy", path, "--to", stick, "--stop"))


def test_a_folder_that_is_not_there_is_refused(path: Path, tmp_path: Path) -> None:
    assert "There is no folder" in refused(asked("copy", path, "--to", tmp_path / "nowhere"))


def test_what_another_window_works_in_copies_itself(path: Path, stick: Path) -> None:
    with held(path):
        assert "open in another window" in refused(asked("copy", path, "--to", stick))


def test_a_laptop_dies_and_another_goes_on(
    path: Path, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said("copy", path, "--to", stick)
    before = events(path)
    path.unlink()
    elsewhere(monkeypatch, tmp_path / "there")
    monkeypatch.chdir(tmp_path / "there")
    lines = said("restore", stick).splitlines()
    assert re.fullmatch(rf"tiny\.db is back: {len(before)} entries in 4 cases, until \d.*\.", lines[0])
    assert lines[1].startswith("1 text was still being written")
    assert lines[2].startswith(f"Its second copy goes on in {stick}")
    assert events(Path("tiny.db")) == before
    assert "from another laptop" not in said("copy", "tiny.db")
    assert said("verify", "tiny.db")


def test_what_cannot_be_read_is_named_and_the_exit_code_tells(
    path: Path, stick: Path, tmp_path: Path
) -> None:
    said("copy", path, "--to", stick)
    with InspectionFile.open(path, to_write=True) as file:
        Inspection(file, "INS-01")
    said("copy", path)
    first, second = sorted(stick.rglob("*.ftcopy"))
    first.write_bytes(b"dust")
    answer = said("restore", stick, "--to", tmp_path / "back.db", code=1)
    assert f"Not readable in the copy: {first.name}: " in answer
    assert "Missing, until a colleague sends it: entries " in answer
    assert len(events(tmp_path / "back.db")) == 1
    assert second.exists()


def test_nothing_is_written_over(path: Path, stick: Path) -> None:
    said("copy", path, "--to", stick)
    before = path.read_bytes()
    assert f"{path} exists already" in refused(asked("restore", stick, "--to", path))
    assert f"{path} exists already" in refused(asked("backup", path, path))
    assert path.read_bytes() == before
    assert "no copy of an inspection" in refused(asked("restore", path.parent / "stick" / ".."))
    assert "needs no recovery code" in refused(asked("restore", stick, "--code"))


def test_an_encrypted_inspection_from_new_to_another_laptop(
    tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hiow.db"
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    code = re.search(r"^Recovery code:  (\S+)$", said("new", path, *FACTS), re.MULTILINE)
    assert code is not None
    assert "another laptop" not in said("copy", path, "--to", stick)
    elsewhere(monkeypatch, tmp_path / "there")
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", ANOTHER)
    assert "does not open" in refused(asked("restore", stick, "--to", tmp_path / "back.db"))
    monkeypatch.delenv("FIELDTOOL_PASSPHRASE")
    assert "FIELDTOOL_PASSPHRASE" in refused(asked("restore", stick, "--to", tmp_path / "back.db"))
    monkeypatch.setenv("FIELDTOOL_RECOVERY_CODE", code[1])
    assert "is back" in said("restore", stick, "--to", tmp_path / "by_code.db", "--code")
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    assert "is back" in said("restore", stick, "--to", tmp_path / "back.db")
    key = key_file.unlock(path, PASSPHRASE)
    assert events(tmp_path / "back.db", key) == events(tmp_path / "by_code.db", key) == events(path, key)
    assert "from another laptop" in said("copy", path)


def test_a_backup_is_one_file_more(path: Path, tmp_path: Path) -> None:
    number = len(events(path))
    assert said("backup", path, tmp_path / "friday.db") == (
        f"{tmp_path / 'friday.db'} holds {number} entries, read back without a fault.\n"
    )
    assert events(tmp_path / "friday.db") == events(path)
    (tmp_path / "safe").mkdir()
    assert str(tmp_path / "safe" / "tiny.db") in said("backup", path, tmp_path / "safe")


def test_a_backup_of_what_is_wrong_says_so(path: Path, tmp_path: Path) -> None:
    with Database.open(path) as database:
        database.connection.execute("DELETE FROM tally")
    answer = said("backup", path, tmp_path / "friday.db", code=1)
    assert f"What is wrong with {path} is wrong with it too:" in answer
    assert "tally" in answer


def test_the_backup_of_an_encrypted_inspection_has_its_key_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hiow.db"
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    said("new", path, *FACTS)
    assert "with its key file friday.db.key" in said("backup", path, tmp_path / "friday.db")
    assert "Trial" in said("ratings", tmp_path / "friday.db")
