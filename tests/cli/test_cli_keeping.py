"""`fieldtool verify` and `fieldtool rebuild`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cli.inspections import asked, tiny


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def test_a_sound_file(path: Path) -> None:
    answer = asked("verify", path)
    assert answer.exit_code == 0
    said = answer.stdout.strip()
    assert said.endswith(" events in 2 chains, unaltered and without a gap; all views as the log says.")
    connection = sqlite3.connect(path)
    (events,) = connection.execute("SELECT count(*) FROM event").fetchone()
    connection.close()
    assert said.startswith(f"{events} events ")


def test_a_view_that_was_meddled_with_is_found_and_rebuilt(path: Path) -> None:
    before = asked("ratings", path).stdout
    connection = sqlite3.connect(path)
    connection.execute("UPDATE tally SET yes = yes + 1 WHERE item = 'Qa'")
    connection.execute("DELETE FROM case_line WHERE ref = 'B-03'")
    connection.commit()
    connection.close()
    answer = asked("verify", path)
    assert answer.exit_code == 1
    findings = answer.stdout.splitlines()
    assert len(findings) == 2
    assert all("differs from the log" in finding and "fieldtool rebuild" in finding for finding in findings)
    assert all(len(finding) < 300 for finding in findings)
    rebuilt = asked("rebuild", path)
    assert rebuilt.exit_code == 0
    assert rebuilt.stdout.startswith("All views were made anew from ")
    assert asked("verify", path).exit_code == 0
    assert asked("ratings", path).stdout == before
