"""What every test shares: a plain environment, a home of its own, and how hard hypothesis tries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports Textual or Rich, which read these once. A job's NO_COLOR would grey every snapshot;
# without bytecode, programs that tests start would compile the whole package each time.
for name in ("FORCE_COLOR", "NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
    os.environ.pop(name, None)
os.environ["COLORTERM"] = "truecolor"
os.environ["TERM"] = "xterm-256color"

# The fast profile tries the same examples each time: a red run stays red until it is mended.
settings.register_profile("fast", max_examples=30, deadline=None, derandomize=True)
settings.register_profile(
    "large",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("large" if os.environ.get("FIELDTOOL_LARGE") == "1" else "fast")


SLOW = (
    "faults",
    "journeys",
    "sample",
    "sync/central",
    "sync/test_world",
    "tui/lead",
    "tui/setup",
    "tui/sync",
    "tui/test_bindings",
    "tui/test_lock",
    "cli/test_cli_files",
    "cli/test_cli_passphrases",
    "cli/test_cli_start",
    "cli/test_cli_words",
)
"""What starts programs, servers or the app again and again: left out by `-m "not slow"`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by where it is."""
    tests = Path(__file__).parent
    for item in items:
        place = item.path.relative_to(tests).with_suffix("").as_posix()
        if place.startswith(SLOW) or "made_up_events" in place:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for this test and the programs that it starts: nobody's own settings are touched."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.setenv("APPDATA", str(folder / "AppData" / "Roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(folder / "AppData" / "Local"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / ".local" / "share"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / ".local" / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / ".cache"))
    return folder


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty folder as on a stick, where laptops meet or a copy is kept."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Key files and invitations that cost no half second each; what is measured elsewhere need not be waited for."""
    from fieldtool.store.keys import key_file
    from fieldtool.store.keys.sealing import Cost
    from fieldtool.sync import joining

    monkeypatch.setattr(key_file, "COST", Cost(operations=1, memory=8192))
    monkeypatch.setattr(joining, "OPERATIONS", 1)
    monkeypatch.setattr(joining, "MEMORY", 1 << 20)
    for name in ("FIELDTOOL_PASSPHRASE", "FIELDTOOL_NEW_PASSPHRASE", "FIELDTOOL_RECOVERY_CODE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch
