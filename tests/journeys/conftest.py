"""Inspections for the journeys: made once for a worker, copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders import inspections


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inspections that no test changes."""
    folder = tmp_path_factory.mktemp("made")
    inspections.crc(folder / "crc.db")
    inspections.tiny(folder / "tiny.db")
    return folder


@pytest.fixture
def crc(made: Path, tmp_path: Path) -> Path:
    """An inspection by the shipped instrument, for this test alone."""
    return Path(shutil.copy(made / "crc.db", tmp_path / "crc.db"))


@pytest.fixture
def tiny(made: Path, tmp_path: Path) -> Path:
    """An inspection by the made-up instrument, for this test alone."""
    return Path(shutil.copy(made / "tiny.db", tmp_path / "tiny.db"))
