"""The ratings beside the figures of the previous inspection and of other services."""

from __future__ import annotations

import pytest

from builders.inspections import LEAD, ME
from fieldtool.domain.method.figures import Figure
from fieldtool.tui.app import FieldtoolApp
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.setting_up import propose_figures
from tui import looking
from tui.looking import press


@pytest.fixture
def compared(tiny: InspectionFile) -> InspectionFile:
    lead = Lead(Inspection(tiny, LEAD))
    propose_figures(
        lead, "previous", {"Qa": Figure(n=0, of=400), "Qax": Figure(stated=40)}, "Visit of 2019"
    ).carry_out()
    propose_figures(lead, "comparison", {"Qa": Figure(stated=68)}).carry_out()
    return tiny


async def shown(file: InspectionFile, size: tuple[int, int], *keys: str) -> list[str]:
    app = FieldtoolApp(file, ME)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "f2", *keys)
        return looking.lines(app)


def line_of(lines: list[str], item: str) -> str:
    return next(line for line in lines if f" {item} " in line)


async def test_the_figures_stand_beside_each_key_question(compared: InspectionFile) -> None:
    lines = await shown(compared, (80, 24))
    assert lines[1].split() == ["now", "n/N", "prev", "comp", "rating"]
    question = line_of(lines, "Qa")
    assert "67% 2/3 0% 68%" in " ".join(question.split())
    assert lines[1].index("comp") + 4 == question.index("68%") + 3
    assert lines[1].index("prev") + 4 == question.index(" 0%") + 3
    assert "·" not in question
    assert line_of(lines, "Qb").count("–") == 2


async def test_with_room_the_differences_stand_there_too(compared: InspectionFile) -> None:
    lines = await shown(compared, (120, 40))
    assert lines[1].split() == ["*", "significant", "now", "n/N", "previous", "compared", "rating"]
    question = line_of(lines, "Qa")
    assert "  0% +67*" in question
    assert " 68% −1 " in question
    assert "┊" in question
    assert lines[1].index("previous") < question.index("0% +67*") < lines[1].index("compared")


async def test_one_set_leaves_room_for_its_differences_at_80_columns(tiny: InspectionFile) -> None:
    propose_figures(Lead(Inspection(tiny, LEAD)), "comparison", {"Qa": Figure(stated=67)}).carry_out()
    lines = await shown(tiny, (80, 24))
    assert lines[1].split() == ["now", "n/N", "compared", "rating"]
    assert "67% ±0 " in line_of(lines, "Qa")


async def test_without_figures_all_is_as_it_was(tiny: InspectionFile) -> None:
    lines = await shown(tiny, (80, 24))
    assert "prev" not in "\n".join(lines)
    assert "┊" in line_of(lines, "Qa")
    assert "compared" not in "\n".join(await shown(tiny, (60, 15)))


async def test_a_key_question_says_it_in_words(compared: InspectionFile) -> None:
    text = "\n".join(await shown(compared, (80, 24), "down", "down", "enter"))
    assert "Visit of 2019: 0% (0/400): now 67 points higher, significant" in text
    assert "Comparison group: 68%: now 1 point lower" in text
    assert "previous 40%" in line_of(text.splitlines(), "Qax")
