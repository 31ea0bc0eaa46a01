"""The sample inspection made once more from its own case lists, in a real terminal by keys alone."""

from __future__ import annotations

import re
from pathlib import Path

from builders.inspections import PASSPHRASE
from builders.sample_lists import cases_of, write_lists
from fieldtool.store.keys import key_file
from fieldtool.work.demo import sample_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from journeys.desk import back_to_desk, look_at_list, open_desk, set_up
from journeys.program import PROGRAM, leave
from journeys.terminal import Terminal


def bring_in(terminal: Terminal, sample: str, cases: int) -> None:
    """Make every row of a list a case."""
    look_at_list(terminal, sample[:4], f"{sample}.csv", f"{cases} rows: {cases} taken, 0 left out.")
    terminal.wait_for("a Make all cases")
    terminal.press("a")
    terminal.wait_for("Every row becomes a case at once")
    terminal.wait_for("t Take it")
    terminal.press("t")
    terminal.wait_for(f"Make {cases} cases")
    terminal.press("enter")
    terminal.wait_for(f"{cases} cases came into the inspection · saved")
    terminal.wait_for(f"No list to draw from. {cases} cases in the inspection.")


def test_the_sample_is_made_again_by_keys(tmp_path: Path) -> None:
    path, cases = tmp_path / "again.db", cases_of(sample_file())
    with InspectionFile.open(sample_file(), to_write=False) as file:
        heading, days = file.heading, Inspection(file).fieldwork
    numbers = {
        sample: sum(of == sample for of, _, _ in cases.values()) for sample in write_lists(tmp_path, cases)
    }
    typed = tuple(f"{day:%d/%m/%Y}" for day in days if day)
    assert (sum(numbers.values()), len(typed)) == (159, 2)

    with Terminal([*PROGRAM, path], columns=120, rows=40, cwd=tmp_path) as terminal:
        set_up(terminal, heading.title, heading.provider, (typed[0], typed[-1]), PASSPHRASE)
        open_desk(terminal)
        terminal.wait_for("There are no cases yet: bring in a case list.")
        terminal.press("4")
        for sample, number in numbers.items():
            terminal.wait_for("⏎ Bring in a list")
            bring_in(terminal, sample, number)
            terminal.press("down")
        back_to_desk(terminal)
        terminal.wait_for("0 of 159 done")
        terminal.wait_for(re.compile(r"Case lists +no list to draw from; 159 cases came in all at once"))
        terminal.wait_for(re.compile(r"Share out +159 cases nobody holds"))
        leave(terminal)

    key = key_file.unlock(path, PASSPHRASE)
    assert cases_of(path, key) == {ref: (sample, facts, None) for ref, (sample, facts, _) in cases.items()}
    with InspectionFile.open(path, to_write=False, key=key) as file:
        assert file.heading == heading
        assert Inspection(file).fieldwork == days
        assert list(Inspection(file).findings()) == []
