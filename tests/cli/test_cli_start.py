"""`fieldtool [PATH]` and `fieldtool demo`, up to the moment at which the app takes over."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders.commands import ROOT, asked, environment, refused, run, tiny
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.chain.clock import COUNTER
from fieldtool.store.chain.reading import device_of, read_events
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost
from fieldtool.work import demo
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from journeys.terminal import Terminal

# The program with a stand-in for the app, which only tells with what it was called and what was loaded.
STAND_IN = """
import datetime, gc, json, pathlib, sys, types
from fieldtool.store.chain.clock import system_clock

def run(access, file, person, settings, *, who, notice=""):
    heavy = [name for name in ("nacl", "pydantic", "sqlite_utils", "textual", "rich") if name in sys.modules]
    said = {"path": str(access.path), "person": person, "keys": settings.keys, "notice": notice, "loaded": heavy,
            "collects": gc.isenabled(), "locked": file is None, "rights": access.path.parent.stat().st_mode & 0o077,
            "size": access.path.stat().st_size, "year": datetime.datetime.now().year, "lives": system_clock().year}
    pathlib.Path(told).write_text(json.dumps(said))
    return 7

app = types.ModuleType("fieldtool.tui.app")
app.run = run
sys.modules["fieldtool.tui.app"] = app
told = sys.argv.pop()
from fieldtool.cli.main import main
main()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


@pytest.fixture
def midway(tmp_path: Path) -> Path:
    """The sample, built afresh."""
    from sample_db.build import build

    target = tmp_path / "sample" / "hiow_2020.db"
    target.parent.mkdir()
    build(target)
    return target


def opened(tmp_path: Path, *args: str | Path, env: dict[str, str | None] | None = None) -> dict[str, Any]:
    """With what the app was called."""
    told = tmp_path / "told.json"
    with Terminal(
        [sys.executable, "-c", STAND_IN, *args, told], env={"PYTHONPATH": str(ROOT), **(env or {})}
    ) as terminal:
        code = terminal.wait_exit()
        assert code == 7, terminal.screen()
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def not_opened(*args: str | Path, env: dict[str, str | None] | None = None, redirected: str = "") -> str:
    """What the program says instead of opening the app, in a terminal."""
    command = shlex.join([sys.executable, "-m", "fieldtool", *map(str, args)])
    with Terminal(
        ["sh", "-c", f"{command} {redirected}"], columns=600, env={"PYTHONPATH": str(ROOT), **(env or {})}
    ) as terminal:
        assert terminal.wait_exit() == 2, terminal.screen()
        assert not terminal.raw
        return terminal.screen()


def test_the_app_is_called_before_anything_heavy_is_loaded(path: Path, tmp_path: Path) -> None:
    opened(tmp_path, path)  # the first time on this laptop: it is given numbers of its own
    found = opened(tmp_path, path)
    assert found["path"] == str(path)
    assert found["loaded"] == []
    assert found["collects"] is False
    assert (found["person"], found["notice"], found["locked"]) == (None, "", False)


def test_the_app_is_called_at_once_where_a_passphrase_is_needed(tmp_path: Path) -> None:
    locked = tmp_path / "locked.db"
    key, _ = key_file.create_key(locked, "correct horse", cost=Cost(1, 8192))
    Database.create(locked, key).close()
    found = opened(tmp_path, locked, "--as", "INS-01")
    assert (found["path"], found["locked"], found["loaded"]) == (str(locked), True, [])
    assert opened(tmp_path)["path"] == str(locked)


def test_who_works_here_is_kept_in_the_file(path: Path, tmp_path: Path) -> None:
    assert opened(tmp_path, "--as", "INS-01", path)["person"] == "INS-01"
    assert opened(tmp_path, path)["person"] == "INS-01"
    # Said for once, it does not change who works here.
    assert opened(tmp_path, path, "--as", "LEAD-1")["person"] == "LEAD-1"
    assert opened(tmp_path, path)["person"] == "INS-01"


def test_settings_say_who_works_here_and_with_which_keys(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('person = "LEAD-1"\nkeys = {"answer.yes" = "j"}', encoding="utf-8")
    opened(tmp_path, path)
    found = opened(tmp_path, path, env={"FIELDTOOL_CONFIG": str(config)})
    assert (found["person"], found["keys"]) == ("LEAD-1", {"answer.yes": "j"})
    assert found["loaded"] == []


def test_settings_name_somebody_of_another_inspection(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('person = "INS-77"', encoding="utf-8")
    assert opened(tmp_path, path, env={"FIELDTOOL_CONFIG": str(config)})["person"] is None


def test_wrong_settings(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("persn = 1", encoding="utf-8")
    assert 'did you mean "person"' in not_opened(path, env={"FIELDTOOL_CONFIG": str(config)})


def test_without_a_path_the_last_one_is_opened(path: Path, tmp_path: Path) -> None:
    assert "No inspection was opened here yet" in not_opened()
    opened(tmp_path, path)
    assert opened(tmp_path)["path"] == str(path)
    other = tiny(tmp_path / "other.db")
    opened(tmp_path, other)
    assert opened(tmp_path)["path"] == str(other)
    other.unlink()
    assert f"{other} is not there any more" in not_opened()


def test_without_a_path_the_one_in_the_settings_is_opened(path: Path, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text(f"inspection = '{path.name}'", encoding="utf-8")
    assert opened(tmp_path, env={"FIELDTOOL_CONFIG": str(config)})["path"] == str(path)


def test_how_to_begin_is_said_without_a_terminal_too() -> None:
    assert "fieldtool demo" in refused(run())


def test_somebody_who_is_not_on_the_team(path: Path) -> None:
    said = not_opened(path, "--as", "INS-99")
    assert said == "INS-99 is not on the team of this inspection: the team is INS-01, LEAD-1."


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    other = tmp_path / "text.db"
    other.write_text("nothing of the kind, and longer than sixteen bytes")
    assert "is not an inspection of fieldtool" in not_opened(other)


class TestGuards:
    """Where Textual would hang or write its screen into a file, a sentence says so instead."""

    @pytest.mark.parametrize(
        ("shell", "words"),
        [("</dev/null", "the input does not come from a terminal"), ("<&-", "the input does not come")],
    )
    def test_input_from_elsewhere(self, path: Path, shell: str, words: str) -> None:
        assert words in not_opened(path, redirected=shell)

    @pytest.mark.parametrize("shell", ["| cat >&2; exit 2", "> /dev/null", ">&-"])
    def test_output_to_elsewhere(self, path: Path, shell: str) -> None:
        assert "the output goes somewhere else" in not_opened(path, redirected=shell)

    def test_errors_to_elsewhere(self, path: Path, tmp_path: Path) -> None:
        log = tmp_path / "errors.txt"
        assert not_opened(path, redirected=f"2> {log}") == ""
        said = log.read_text(encoding="utf-8")
        assert "the error output goes somewhere else" in said
        assert "\x1b" not in said

    def test_a_dumb_terminal(self, path: Path) -> None:
        said = not_opened(path, env={"TERM": "dumb"})
        assert "TERM=dumb" in said
        assert f"`fieldtool ratings {path}`" in said
        assert f"`fieldtool case {path} REF`" in said

    def test_a_path_with_blanks_is_quoted(self, tmp_path: Path) -> None:
        spaced = tiny(tmp_path / "my own.db")
        assert f"fieldtool ratings '{spaced}'" in refused(run(spaced))

    def test_the_demo_makes_no_copy_then(self, tmp_path: Path) -> None:
        answer = run("demo", env={"TMPDIR": str(tmp_path)})
        assert answer.returncode == 2
        assert list(tmp_path.glob("fieldtool-demo-*")) == []


def test_a_copy_of_the_sample_midway(midway: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "sample_file", lambda: midway)
    copy = tmp_path / "copy.db"
    demo.copy_sample(copy, "INS-04", demo.MIDWAY)
    with Database.open_read_only(copy) as ours, Database.open_read_only(midway) as theirs:
        end = int(datetime(2020, 3, 11, 11, 20, tzinfo=UTC).timestamp() * 1000)
        wanted = [event for event in read_events(theirs) if event.at // COUNTER <= end]
        assert list(read_events(ours)) == wanted
        assert device_of(theirs) is None
        device = device_of(ours)
        assert device is not None
        assert all(event.id.device != device.id for event in wanted)
    with InspectionFile.open(copy, to_write=False) as inspection_file:
        assert inspection_file.me == "INS-04"
        assert list(Inspection(inspection_file).findings()) == []
        states = {line.state.value for line in inspection_file.all_lines(CaseFilter())}
        assert states == {"untouched", "in_progress", "complete"}


def test_a_whole_copy_of_the_sample(midway: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "sample_file", lambda: midway)
    copy = tmp_path / "copy.db"
    demo.copy_sample(copy, "LEAD-1")
    assert asked("ratings", copy).stdout == asked("ratings", midway).stdout
    assert asked("progress", copy).stdout == asked("progress", midway).stdout
    with Database.open_read_only(copy) as ours, Database.open_read_only(midway) as theirs:
        assert list(read_events(ours)) == list(read_events(theirs))


def test_the_demo_opens_a_fresh_copy_each_time(midway: Path, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    # A package as a wheel lays it out, with the sample within.
    folder.mkdir()
    (folder / "fieldtool").mkdir()
    for inner in (ROOT / "fieldtool").iterdir():
        (folder / "fieldtool" / inner.name).symlink_to(inner)
    (folder / "fieldtool" / "work").unlink()
    (folder / "fieldtool" / "work").mkdir()
    for inner in (ROOT / "fieldtool" / "work").iterdir():
        (folder / "fieldtool" / "work" / inner.name).symlink_to(inner)
    (folder / "fieldtool" / "work" / "demo.py").unlink()
    (folder / "fieldtool" / "work" / "demo.py").write_text(
        (ROOT / "fieldtool" / "work" / "demo.py").read_text()
    )
    (folder / "fieldtool" / "sample_db").symlink_to(midway.parent)
    env: dict[str, str | None] = {"PYTHONPATH": str(folder), "TMPDIR": str(tmp_path)}
    first = opened(tmp_path, "demo", env=env)
    second = opened(tmp_path, "demo", "--finished", "--as", "LEAD-1", env=env)
    assert first["path"] != second["path"]
    assert (first["person"], second["person"]) == ("INS-04", "LEAD-1")
    assert "gone when you leave" in first["notice"]
    assert first["rights"] == 0
    assert first["size"] > 100_000
    # It lives in its own time, and is gone afterwards.
    assert (first["lives"], second["lives"]) == (2020, 2020)
    assert not Path(first["path"]).parent.exists()
    # A demo is not what somebody goes on with the next day.
    assert "No inspection was opened here yet" in not_opened()
    assert "is not on the team" in not_opened("demo", "--as", "nobody", env=env)


def test_without_the_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "fieldtool" / "work" / "demo.py"))
    with pytest.raises(StoreError, match="build it with"):
        demo.sample_file()
    for folder in (tmp_path, tmp_path / "fieldtool"):
        file = folder / "sample_db" / "hiow_2020.db"
        file.parent.mkdir(parents=True)
        file.touch()
        assert demo.sample_file() == file


def test_ctrl_c_is_quiet(path: Path) -> None:
    program = (
        "import sys; from fieldtool.cli.main import cli; import fieldtool.work.inspection as i\n"
        "def stop(*_, **__): raise KeyboardInterrupt\n"
        "i.Inspection.standing = stop\n"
        f"cli(['ratings', {str(path)!r}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, env=environment(), check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_a_state_folder_that_cannot_be_written_bothers_nobody(path: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    assert opened(tmp_path, path, env={"XDG_STATE_HOME": str(blocked)})["path"] == str(path)
    assert os.environ["XDG_STATE_HOME"] != str(blocked)
