"""The sample inspection made once more from its own case lists, by commands alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.commands import asked
from builders.sample_lists import cases_of, write_lists
from fieldtool.work.demo import sample_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile


def test_the_sample_is_made_again_by_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cases = tmp_path / "again.db", cases_of(sample_file())
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", "")

    def said(*args: str | Path) -> str:
        answer = asked(*args)
        assert answer.exit_code == 0, (args, answer.stdout, answer.stderr)
        return answer.stdout

    with InspectionFile.open(sample_file(), to_write=False) as inspection_file:
        heading, people = inspection_file.heading, inspection_file.people
        days = [str(day) for day in Inspection(inspection_file).fieldwork]
    lead = next(person for person in people if person.role == "lead_inspector")
    said(
        "new", path, "--provider", heading.provider, "--title", heading.title, "--framework", "crc_2019",
        "--fieldwork-from", days[0], "--fieldwork-to", days[1], "--id", lead.id, "--name", lead.name,
        "--role", lead.role, "--no-passphrase", "--confirm", "whoever finds this file may read it",
    )  # fmt: skip
    for person in people:
        if person != lead:
            said("team", path, "add", person.id, person.name, person.role)
    for sample, file in write_lists(tmp_path, cases).items():
        said("cases", "import", path, file, "--sample", sample, "--all")
    for person in people:
        refs = [ref for ref, (_, _, holder) in cases.items() if holder == person.id]
        if refs:
            said("assign", path, "--to", person.id, *refs)
    assert cases_of(path) == cases
    with InspectionFile.open(path, to_write=False) as inspection_file:
        assert (inspection_file.heading, inspection_file.people) == (heading, people)
    said("verify", path)
