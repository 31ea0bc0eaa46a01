"""A new inspection set up in a real terminal by keys alone, from the name of a file that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from builders.inspections import PASSPHRASE
from journeys.desk import set_up
from journeys.program import LARGE, PROGRAM, leave
from journeys.terminal import Terminal


def test_from_a_name_to_the_open_inspection(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with Terminal([*PROGRAM, path], columns=LARGE[0], rows=LARGE[1]) as terminal:
        set_up(terminal, "Trial", "Hampshire", ("2/3/2026", "20/3/2026"), PASSPHRASE)
        terminal.wait_for(re.compile(r"^ Trial · Hampshire · LEAD-1", re.MULTILINE))
        # Nobody was asked for the passphrase again; once it is locked, it is.
        terminal.press("ctrl+l")
        terminal.wait_for("new.db is locked")
        terminal.type(f"{PASSPHRASE}\r")
        terminal.wait_for(re.compile(r"^ Trial · Hampshire · LEAD-1", re.MULTILINE))
        leave(terminal)


def test_who_would_rather_not_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with Terminal([*PROGRAM, path]) as terminal:
        terminal.wait_for("There is no file")
        terminal.press("escape")
        assert terminal.wait_exit() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with Terminal([*PROGRAM, tmp_path / "none" / "new.db"], columns=200) as terminal:
        assert terminal.wait_exit() == 2
        assert "There is no file" in terminal.screen()
