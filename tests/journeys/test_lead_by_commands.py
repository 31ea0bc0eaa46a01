"""From a service's case list to an inspector's cases, by commands alone and then in the app; encrypted throughout."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from journeys.program import PROGRAM, leave, start, told
from journeys.terminal import Terminal

PASSPHRASE = "seven kettles over quiet harbours"  # noqa: S105  # of an invented inspection
HEADINGS = [
    "Surname",
    "Forenames",
    "DOB",
    "Gender",
    "CRN",
    "PNC",
    "Case Type",
    "RoSH",
    "Start date",
    "Terminated",
]
PLACE = ["Cluster", "LDU", "Responsible Officer"]


def person(number: int) -> list[str]:
    sentence = ("Licence", "Community Order", "Suspended Sentence Order")[number % 3]
    return [
        f"Surname{number}", "Ann", f"{number % 28 + 1:02}/02/1985", "MMF"[number % 3], f"X{number:06}",
        f"2011/{number:07}K", sentence, ("RLRH", "RMRH", "RHRH")[number % 3], "03/02/2019", "N",
        ("East", "West")[number % 2], f"Unit {number % 4}", f"RO-{number % 24:02}",
    ]  # fmt: skip


@pytest.fixture
def service_list(tmp_path: Path) -> Path:
    path = tmp_path / "supervision.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow([*HEADINGS, *PLACE])
        rows.writerows(person(number) for number in range(3000))
        rows.writerow(["****", *person(3001)[1:]])
    return path


def test_from_a_case_list_to_an_inspectors_cases(
    tmp_path: Path, service_list: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trial.db"
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    lead = ["--id", "LEAD-1", "--name", "Lea Dee", "--role", "lead_inspector"]
    days = ["--fieldwork-from", "2020-03-02", "--fieldwork-to", "2020-03-20"]
    told("new", path, "--provider", "Provider", "--title", "Trial", "--framework", "crc_2019", *lead, *days)
    told("team", path, "add", "INS-01", "Ines One", "inspector")
    told("team", path, "add", "INS-02", "Ino Two", "inspector")
    # In a terminal, so that the list is read under a bar, which ends before the preview is said.
    command: list[str | Path] = [
        *PROGRAM,
        "cases",
        "import",
        path,
        service_list,
        "--sample",
        "case_supervision",
    ]
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.wait_for("A list of 3,000 cases was imported.")
        terminal.wait_for("restricted: asterisks in the name")
        assert terminal.wait_exit() == 0
    assert told("sample", "draw", path, "--size", "40", "--buffer", "20", "--seed", "3").startswith(
        "40 cases drawn with seed 3, and 8 reserve cases."
    )
    assert "INS-02  Ino Two   20 cases" in told("assign", path, "--evenly", "--by", "hub")
    assert "unaltered and without a gap" in told("verify", path)
    assert "not signed" not in told("verify", path)

    monkeypatch.delenv("FIELDTOOL_PASSPHRASE")
    with start(path, "INS-02", size=(120, 40)) as terminal:
        terminal.wait_for("is locked")
        terminal.type(PASSPHRASE)
        terminal.wait_for("•" * len(PASSPHRASE))
        terminal.press("enter")
        terminal.wait_for(re.compile(r"X00\d{4} .*INS-02"))
        terminal.press("enter")
        terminal.wait_for(re.compile(r"^ X00\d{4} ", re.MULTILINE))
        terminal.wait_for(re.compile(r"Disposal +(Community sentence|Post-release)"))
        ref = terminal.screen().split()[0]
        terminal.press("2")
        terminal.wait_for("saved ")
        leave(terminal)
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    assert "Risk of serious harm: as the inspector judges it: Medium" in told("case", path, ref)
    assert b"Surname1" not in path.read_bytes()
