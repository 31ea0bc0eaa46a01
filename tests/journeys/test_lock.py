"""A locked inspection in a real terminal: unlocked, locked, killed while locked, opened twice, copied aside."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from builders import inspections
from builders.inspections import PASSPHRASE
from fieldtool.domain.method.case import Answer, Case
from fieldtool.store.file.database import key_file_of
from fieldtool.store.file.file_lock import lock_file_of
from fieldtool.store.keys import key_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from journeys.program import PROGRAM, assert_in_order, leave, open_case, start, start_patched
from journeys.terminal import Terminal

WORDS = ("UW-01", "CS-0", "INS-0", "Visit 7", "Somewhere", "North", "Unpaid", "across the sample", "half a")


LOST = re.compile(r"if this laptop dies now you lose \d answers?$", re.MULTILINE)


@pytest.fixture(scope="session")
def made_locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return inspections.locked(tmp_path_factory.mktemp("locked") / "locked.db", inspections.crc)


@pytest.fixture
def path(made_locked: Path, tmp_path: Path) -> Path:
    """An encrypted inspection, for this test alone."""
    shutil.copy(key_file_of(made_locked), tmp_path)
    return Path(shutil.copy(made_locked, tmp_path))


def unlock(terminal: Terminal) -> None:
    terminal.wait_for("is locked")
    terminal.type(PASSPHRASE)
    terminal.wait_for("•" * len(PASSPHRASE))
    terminal.press("enter")


def case_in(path: Path, ref: str) -> Case:
    with InspectionFile.open(path, to_write=False, key=key_file.unlock(path, PASSPHRASE)) as file:
        return Inspection(file).case(ref)


def assert_blank(terminal: Terminal) -> None:
    """Wait until the whole screen is drawn, and nothing of the inspection is on it."""
    for word in WORDS:
        terminal.wait_gone(word)


def begin_note(terminal: Terminal) -> None:
    open_case(terminal, "UW-01")
    terminal.press("right")
    terminal.wait_for("│ 3.1.1 ")
    terminal.press("m")
    terminal.wait_for("Note on 3.1.1.a")
    terminal.type("half a note")
    terminal.wait_for("half a note")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)])
def test_a_day_with_a_passphrase(path: Path, size: tuple[int, int]) -> None:
    with start(path, size=size) as terminal:
        terminal.wait_for("is locked")
        assert_blank(terminal)
        terminal.type("wrong horse")
        terminal.press("enter")
        terminal.wait_for("does not open")
        assert "horse" not in terminal.screen()
        assert "•" not in terminal.screen()
        unlock(terminal)
        begin_note(terminal)
        terminal.press("ctrl+l")
        terminal.wait_for("is locked")
        assert_blank(terminal)
        unlock(terminal)
        terminal.wait_for(re.compile(r"^ UW-01 "))
        terminal.wait_for("│ 3.1.1 ")
        if size[1] > 15:
            terminal.wait_for("half a note")
        leave(terminal)
        assert_blank(terminal)
    assert case_in(path, "UW-01").note("3.1.1.a") == "half a note"


def test_typed_and_locked_in_one_breath(path: Path) -> None:
    with start(path) as terminal:
        unlock(terminal)
        begin_note(terminal)
        terminal.type(", and all the rest of it" + "\x0c")
        terminal.wait_for("is locked")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert case_in(path, "UW-01").note("3.1.1.a") == "half a note, and all the rest of it"


def test_killed_while_locked(path: Path) -> None:
    with start(path) as terminal:
        unlock(terminal)
        begin_note(terminal)
        terminal.press("ctrl+l")
        terminal.wait_for("is locked")
        terminal.kill()
        assert terminal.wait_exit() == -signal.SIGKILL
    assert lock_file_of(path).exists()
    assert case_in(path, "UW-01").note("3.1.1.a") == "half a note"
    with start(path) as terminal:
        unlock(terminal)
        open_case(terminal, "UW-01")
        assert "another window" not in terminal.screen()
        leave(terminal)
    assert not lock_file_of(path).exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_leave_while_locked(path: Path, number: signal.Signals) -> None:
    with start(path) as terminal:
        terminal.wait_for("is locked")
        terminal.type("half a passphr")
        terminal.kill(number)
        assert terminal.wait_exit() == 0
        assert_in_order(terminal)


def test_a_second_window_reads_only(path: Path) -> None:
    with start(path) as first:
        unlock(first)
        first.wait_for("Reference")
        look_on(first, path)
    assert case_in(path, "UW-01").answer("3.1.1.a") is None
    with start(path) as third:
        unlock(third)
        open_case(third, "UW-01")
        third.press("right", "y")
        third.wait_for("[Y] a")
        leave(third)
    assert case_in(path, "UW-01").answer("3.1.1.a") is Answer.YES


def look_on(first: Terminal, path: Path) -> None:
    """Open a second window beside the first, which then writes."""
    with start(path) as second:
        unlock(second)
        second.wait_for("open in another window: you can read it")
        begin_note(first)
        first.press("escape")
        first.wait_for("Note: half a note")
        open_case(second, "UW-01")
        second.press("right")
        second.wait_for("Note: half a note")
        second.press("y")
        refused = subprocess.run(
            [*PROGRAM, "rebuild", path],
            capture_output=True,
            text=True,
            check=False,
            env={"FIELDTOOL_PASSPHRASE": PASSPHRASE},
        )
        assert refused.returncode == 2
        assert "is open in another window" in refused.stderr
        first.press("ctrl+l")
        first.wait_for("is locked")
        leave(second)
        first.press("escape")
        assert first.wait_exit() == 0


def test_locks_by_itself(path: Path) -> None:
    quick = """
        import time
        import fieldtool.work.idle
        import fieldtool.tui.locker
        fieldtool.tui.locker.LOOK_EVERY = 0.05
        begin = fieldtool.work.idle.Idle.__init__
        fieldtool.work.idle.Idle.__init__ = lambda self, minutes: begin(self, minutes, lambda: time.monotonic() * 500)
    """
    with start_patched(quick, path) as terminal:
        unlock(terminal)
        terminal.wait_for("Reference")
        terminal.wait_for("is locked")
        assert_blank(terminal)
        terminal.press("escape")
        assert terminal.wait_exit() == 0


def test_a_crash_shows_no_value(path: Path) -> None:
    crash = """
        import fieldtool.store.keys.key_file
        def crashing(path, passphrase):
            raise RuntimeError("made to crash")
        fieldtool.store.keys.key_file.unlock = crashing
    """
    with start_patched(crash, path) as terminal:
        unlock(terminal)
        assert terminal.wait_exit() not in (0, -signal.SIGSEGV)
        assert "made to crash" in terminal.screen()
        assert "horse" not in terminal.screen()
        assert_in_order(terminal)


def test_a_stick_pulled_and_given_back(path: Path, tmp_path: Path) -> None:
    stick, away = tmp_path / "stick", tmp_path / "away"
    stick.mkdir()
    subprocess.run(
        [*PROGRAM, "copy", path, "--to", stick],
        check=True,
        capture_output=True,
        env={"FIELDTOOL_PASSPHRASE": PASSPHRASE},
    )
    with start(path, size=(120, 40)) as terminal:
        unlock(terminal)
        terminal.wait_for("0 to lose")
        begin_note(terminal)
        terminal.press("escape")
        terminal.wait_for(re.compile(r"^ UW-01 .* saved .* 0 to lose"))
        stick.rename(away)
        terminal.press("y")
        terminal.wait_for(LOST)
        terminal.wait_for("No second copy now")
        away.rename(stick)
        terminal.wait_for("The second copy is up to date again.")
        terminal.wait_for(re.compile(r"^ UW-01 .* 0 to lose"))
        stick.rename(away)
        terminal.press("n")
        terminal.wait_for(LOST)
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert str(stick) in terminal.screen().replace("\n", "")
        assert_in_order(terminal)


def test_colours_from_the_settings(crc: Path, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('theme = "textual-light"', encoding="utf-8")
    with start(crc, env={"FIELDTOOL_CONFIG": str(config)}) as terminal:
        terminal.wait_for("Reference")
        assert "e0e0e0" in terminal.colours() or "f5f5f5" in terminal.colours()
        leave(terminal)
    config.write_text('theme = "pink"', encoding="utf-8")
    with start(crc, env={"FIELDTOOL_CONFIG": str(config)}) as terminal:
        assert terminal.wait_exit() == 2
        assert 'nothing is called "pink"; there are' in terminal.screen().replace("\n", " ")
        assert "textual-light" in terminal.screen().replace("\n", "")
