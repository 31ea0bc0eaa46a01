"""`fieldtool about`: what an inspection is called and when its fieldwork is, said and changed."""

from __future__ import annotations

from pathlib import Path

from builders.cases import CRC
from builders.commands import asked, at_home, begun, refused


def test_it_is_said_changed_by_a_lead_and_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "trial.db"
    with begun(path, CRC):
        pass
    at_home(path)
    changed = asked(
        "about",
        path,
        "--title",
        "Trial",
        "--provider",
        "North CRC",
        "--fieldwork-to",
        "27/03/2026",
        "--as",
        "LEAD-1",
    )
    assert changed.stdout.splitlines() == [
        "Title: Trial",
        "Provider: North CRC",
        "Fieldwork from: not known",
        "Fieldwork to: 27/03/2026",
    ]
    assert asked("about", path).stdout == changed.stdout
    assert "not a valid date" in refused(asked("about", path, "--fieldwork-from", "soon", "--as", "LEAD-1"))
    early = asked("about", path, "--fieldwork-from", "01/04/2026", "--as", "LEAD-1")
    assert refused(early)
    assert asked("about", path).stdout == changed.stdout
