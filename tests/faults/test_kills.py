"""A handful of kills: what was acknowledged is there. The many: docs/faults.md."""

from __future__ import annotations

import json
from pathlib import Path

from faults.day import KEY, make
from faults.kills import KillFigures, Told, examine, kill_often, killed
from faults.sessions import Session, kill_sessions

# Tells of each save, and makes every twentieth alone durable.
CARELESS = """
from fieldtool.store.file import database
class Late(database.Transaction):
    saves = 0
    def __enter__(self):
        if not self._database.connection.in_transaction:
            super().__enter__()
    def __exit__(self, *error):
        Late.saves += 1
        if Late.saves % 20 == 0:
            super().__exit__(*error)
database.Transaction = Late
"""


def test_kills_at_full_speed_lose_nothing() -> None:
    figures = kill_often(5, 11)
    assert figures.losses == []
    assert figures.kills == 5
    assert figures.saves > 5


def test_kills_of_an_encrypted_inspection_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "day.db"
    make(path, lambda _: None, KEY)
    for seed in ("12", "13"):
        lines = killed(path, seed, encrypted=True)
        assert examine(path, KEY, Told(*json.loads(lines[-1])) if lines else None) == ""


def test_a_save_that_is_not_durable_is_found_out(tmp_path: Path) -> None:
    assert any("acknowledged and is not there" in killed_carelessly(tmp_path, seed) for seed in range(10))


def killed_carelessly(folder: Path, seed: int) -> str:
    path = folder / f"{seed}.db"
    make(path, lambda _: None)
    lines = killed(path, str(seed), encrypted=False, patch=CARELESS)
    return examine(path, None, Told(*json.loads(lines[-1]))) if lines else ""


def test_killed_sessions_lose_nothing() -> None:
    figures = kill_sessions(2, 3, longest=2)
    assert figures.losses == []
    assert figures.kills == 2


def test_what_a_screen_showed_and_a_file_lacks_is_found_out(tmp_path: Path) -> None:
    session = Session(tmp_path / "x.db", "CS-1", "1")
    session.shown = {"answer:2.1.1.a": "yes", "answer:2.1.1.b": "no"}
    session.words = [(100.0, 1), (100.2, 2), (101.0, 3)]
    session.killed_at = 101.1
    found = {"answer:2.1.1.a": "yes", "answer:2.1.1.b": "yes", "note:2.1.1": "w0001"}
    assert list(session.complaints(found)) == ["CS-1: answer:2.1.1.b was shown as 'no' and is 'yes'"]
    assert round(session.behind(found), 1) == 0.9
    assert session.behind(found | {"note:2.1.1": "w0001 w0002 w0003"}) == 0


def test_figures_add_up() -> None:
    total = KillFigures(["a"], kills=2, saves=1100)
    total.add(KillFigures(["b"], kills=3, saves=1, begun=1))
    assert str(total) == "5 kills, 1,101 saves, 1 begun, 2 losses"
