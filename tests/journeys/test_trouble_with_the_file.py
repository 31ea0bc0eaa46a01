"""The disk is full, or another program holds the file: it is said, nothing looks saved, work goes on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldtool.domain.method.case import Answer
from fieldtool.store.file.driver import dbapi2
from journeys.program import case_in, leave, open_case, start, start_patched, told
from journeys.terminal import Terminal


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8M", "tmpfs", str(folder)]
    allowed = sys.platform == "linux" and os.geteuid() == 0
    if not allowed or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free on a disk; the file that takes it all."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return filler


def answer_until_refused(terminal: Terminal, path: Path) -> int:
    """Answer the six prompts of 3.2.1 until one is refused; how many were taken."""
    for place, letter in enumerate("abcdef"):
        terminal.press("y")
        terminal.wait_for("NOT SAVED" if refused(terminal, letter) else f"[Y] {letter}")
        if "NOT SAVED" in terminal.screen():
            return place
        assert case_in(path, "TG-01").answer(f"3.2.1.{letter}") is Answer.YES
    raise AssertionError("the disk was never full")


def refused(terminal: Terminal, letter: str) -> bool:
    terminal.wait_for(__import__("re").compile(rf"NOT SAVED|\[Y\] {letter}"))
    return "NOT SAVED" in terminal.screen()


def walk_into_a_full_disk(terminal: Terminal, path: Path) -> tuple[int, str]:
    """Answer until it is refused, and look at what is shown then."""
    taken = answer_until_refused(terminal, path)
    letter = "abcdef"[taken]
    terminal.wait_for("The disk is full")
    assert f"[ ] {letter}" in terminal.screen()
    assert f"[Y] {letter}" not in terminal.screen()
    assert case_in(path, "TG-01").answer(f"3.2.1.{letter}") is None
    return taken, letter


def open_first_page(terminal: Terminal) -> None:
    open_case(terminal, "TG-01")
    terminal.press("right")
    terminal.wait_for("│ 3.2.1 ")


def go_on(terminal: Terminal, path: Path, letter: str) -> None:
    """Answer again what was refused."""
    terminal.press("y")
    terminal.wait_for(f"[Y] {letter}")
    terminal.wait_for("saved ")
    assert case_in(path, "TG-01").answer(f"3.2.1.{letter}") is Answer.YES
    leave(terminal)
    assert told("verify", path)


def test_full_disk(crc: Path, small_disk: Path) -> None:
    path = Path(shutil.copy(crc, small_disk / "crc.db"))
    with start(path, "INS-02") as terminal:
        open_first_page(terminal)
        filler = fill(small_disk)
        _, letter = walk_into_a_full_disk(terminal, path)
        filler.unlink()
        go_on(terminal, path, letter)


def test_full_disk_told_by_the_store(crc: Path, tmp_path: Path) -> None:
    """The same without a disk of our own: while a file is there, the database may not grow."""
    full = tmp_path / "full"
    patch = f"""
        import contextlib, pathlib
        from fieldtool.store.file.database import Database
        transaction = Database.transaction
        @contextlib.contextmanager
        def limited(self):
            full = pathlib.Path({str(full)!r}).exists()
            pages = self.row("PRAGMA page_count")[0] if full else 2**30
            self.row(f"PRAGMA max_page_count = {{pages}}")
            with transaction(self):
                if full:
                    self.connection.execute("CREATE TABLE more (x)")
                yield
        Database.transaction = limited
    """
    with start_patched(patch, crc, "INS-02") as terminal:
        open_first_page(terminal)
        terminal.press("y")
        terminal.wait_for("[Y] a")
        full.touch()
        terminal.press("y")
        terminal.wait_for("NOT SAVED")
        terminal.wait_for("The disk is full")
        assert "[ ] b" in terminal.screen()
        assert case_in(crc, "TG-01").answer("3.2.1.b") is None
        terminal.press("m")
        terminal.wait_for("esc Back to the questions")
        terminal.type("kept in the window")
        terminal.wait_for("kept in the window")
        full.unlink()
        terminal.press("escape")
        terminal.wait_gone("esc Back to the questions")
        go_on(terminal, crc, "b")
    assert case_in(crc, "TG-01").note("3.2.1.b") == "kept in the window"


def test_file_locked_by_another_program(crc: Path) -> None:
    other = dbapi2.connect(str(crc), isolation_level=None)
    with start(crc, "INS-02") as terminal:
        open_first_page(terminal)
        other.execute("BEGIN IMMEDIATE")
        terminal.press("y")
        terminal.wait_for("NOT SAVED")
        terminal.wait_for(re.compile(r"in use\W+by"))
        assert "[ ] a" in terminal.screen()
        other.execute("ROLLBACK")
        go_on(terminal, crc, "a")
    other.close()
