"""Files and an orderly process for the tests of the screens."""

from __future__ import annotations

import gc
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.screen import Screen

from builders import inspections
from fieldtool.work.inspection_file import InspectionFile


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inspections that no test changes."""
    folder = tmp_path_factory.mktemp("made")
    inspections.crc(folder / "crc.db")
    inspections.tiny(folder / "tiny.db")
    return folder


@pytest.fixture
def crc(made: Path, tmp_path: Path) -> Iterator[InspectionFile]:
    """An inspection by the shipped instrument, for this test alone."""
    with InspectionFile.open(Path(shutil.copy(made / "crc.db", tmp_path / "crc.db")), to_write=True) as file:
        yield file


@pytest.fixture
def tiny(made: Path, tmp_path: Path) -> Iterator[InspectionFile]:
    """An inspection by the made-up instrument, for this test alone."""
    with InspectionFile.open(
        Path(shutil.copy(made / "tiny.db", tmp_path / "tiny.db")), to_write=True
    ) as file:
        yield file


@pytest.fixture(autouse=True)
def _orderly() -> Iterator[None]:
    """Give back what the app takes for its process: the handlers of signals, and what it kept from collection."""
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    # The app collects what its beginning has left; all that the tests have loaded need not be looked through each time.
    gc.freeze()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    gc.unfreeze()


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint nothing but what a test looks at: without a terminal, every other frame is thrown away unseen."""

    def render_update(
        self: Compositor, *_: object, screen_stack: list[Screen[Any]] | None = None, **_more: object
    ) -> None:
        visible_screen_stack.set([] if screen_stack is None else screen_stack)
        self._dirty_regions.clear()

    monkeypatch.setattr(Compositor, "render_update", render_update)
