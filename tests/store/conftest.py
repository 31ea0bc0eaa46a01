"""A disk of a few megabytes of its own, where the tests may mount one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def mount(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *args], capture_output=True, text=True, check=False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a disk (tmpfs) of so many megabytes; skips where that is not possible."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    mounted: list[Path] = []

    def make(megabytes: int) -> Path:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        done = mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
        if done.returncode != 0:
            pytest.skip(f"no small disk here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def remount() -> Callable[[Path, str], None]:
    """Mounts a small disk again with other options, as "ro"."""

    def again(folder: Path, options: str) -> None:
        done = mount("-o", f"remount,{options}", str(folder))
        assert done.returncode == 0, done.stderr

    return again
