"""The installed program as a person starts it, and what others can see of its file meanwhile."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fieldtool.domain.method.case import Case
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from journeys.terminal import Terminal

PROGRAM = (sys.executable, "-m", "fieldtool")
SIZES = [(80, 24), (120, 40)]
SMALL, LARGE = SIZES


def start(
    path: Path,
    person: str | None = "INS-01",
    *,
    size: tuple[int, int] = SMALL,
    env: Mapping[str, str | None] | None = None,
) -> Terminal:
    """Open an inspection in a terminal."""
    who = () if person is None else ("--as", person)
    columns, rows = size
    return Terminal([*PROGRAM, path, *who], columns=columns, rows=rows, env=env)


def start_patched(patch: str, path: Path, person: str = "INS-01") -> Terminal:
    """Open an inspection with the program changed by some lines of Python before it starts."""
    lines = [
        textwrap.dedent(patch),
        f"import sys; sys.argv = ['fieldtool', {str(path)!r}, '--as', {person!r}]",
        "from fieldtool.cli.main import main; main()",
    ]
    return Terminal([sys.executable, "-c", "\n".join(lines)])


def told(*arguments: str | Path) -> str:
    """What a command says."""
    done = subprocess.run([*PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=True)
    return done.stdout


def ratings(path: Path) -> dict[str, Any]:
    """Each key question of `fieldtool ratings --json`, by its number."""
    standards = json.loads(told("ratings", path, "--json"))["standards"]
    return {question["id"]: question for each in standards for question in each["key_questions"]}


def case_in(path: Path, ref: str) -> Case:
    """A case as another program reads it from the file."""
    with InspectionFile.open(path, to_write=False) as file:
        return Inspection(file).case(ref)


def being_written(path: Path, ref: str) -> list[str]:
    """The texts of a case that are on the disk, but not in the log yet."""
    with InspectionFile.open(path, to_write=False) as file:
        inspection = Inspection(file)
        return list(inspection.being_written(inspection.case(ref)).values())


def until(holds: Callable[[], bool], what: str, timeout: float = 10) -> None:
    """Wait for something that no screen shows.

    Raises:
        AssertionError: it did not come to hold.
    """
    end = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {timeout:g} s"
        time.sleep(0.01)


def open_case(terminal: Terminal, ref: str) -> None:
    """From the list of all cases, filter for a case and open it."""
    terminal.wait_for("Reference")
    terminal.type(ref)
    terminal.wait_for(re.compile(rf"^▌{ref} ", re.MULTILINE))
    terminal.press("enter")
    terminal.wait_for(re.compile(rf"^ {ref} · "))
    terminal.wait_for("across the sample")


def judge(terminal: Terminal, key: str) -> None:
    """Judge the key question at hand though prompts of it are open."""
    terminal.press(key)
    terminal.wait_for("all the same")
    terminal.press("down", "enter")
    terminal.wait_gone("all the same")


def leave(terminal: Terminal) -> None:
    """Leave the program as it should be left."""
    terminal.press("ctrl+q")
    assert terminal.wait_exit() == 0
    assert_in_order(terminal)


def assert_in_order(terminal: Terminal) -> None:
    """Whether a shell could go on in this terminal."""
    assert not terminal.raw
    assert not terminal.full_screen
    assert terminal.cursor_shown
