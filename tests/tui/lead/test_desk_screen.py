"""The lead's desk: how far the inspection is on top, each task with how it stands, and the way there and back."""

from __future__ import annotations

import re

import pytest

from builders.inspections import LEAD, ME, agenda_of, fill
from fieldtool.store.file.database import StoreError
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead.desk_screen import LeadScreen, TaskList
from fieldtool.tui.parts.ask import Choose, Tell
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import lines, press, settled, text


async def test_it_says_how_far_the_inspection_is_and_how_each_task_stands(crc: InspectionFile) -> None:
    fill(agenda_of(crc)).propose_cancelled(["RO-2"], "ill").carry_out()
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "f5")
        await settled(pilot)
        total = crc.total
        assert re.search(rf"\d+ of {total} done", text(app))
        assert re.search(r" 1  Progress +\d+ complete, \d+ in progress, \d+ untouched", text(app))
        assert re.search(r" 2  Agenda +\d+ planned, 1 cancelled", text(app))
        assert re.search(r" 3  Set up and team +3 people, days of fieldwork not said yet", text(app))
        assert re.search(
            rf" 4  Case lists +no list to draw from; {total} cases came in all at once", text(app)
        )
        assert not any(line.endswith("…") for line in lines(app)[1:])


async def test_the_cursor_is_at_the_task_that_one_comes_back_from_and_its_state_is_new(
    crc: InspectionFile,
) -> None:
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "f5", "6")
        await settled(pilot)
        app.screen.dismiss(None)
        fill(agenda_of(crc))
        await settled(pilot)
        assert isinstance(app.screen, LeadScreen)
        assert app.screen.query_one(TaskList).cursor == 5
        assert re.search(r" 2  Agenda +\d+ planned", text(app))


async def test_what_cannot_be_read_is_told_and_the_tasks_stay(
    crc: InspectionFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> object:
        raise StoreError("The disk is gone.")

    monkeypatch.setattr("fieldtool.work.lead.task_status.Agenda", fail)
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=(60, 15)) as pilot:
        await settled(pilot)
        await press(pilot, "f5")
        await settled(pilot)
        assert "The disk is gone." in text(app)
        assert "Set up and team" in text(app)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)])
async def test_the_keys_below_a_long_text_or_list_stay_in_sight(
    crc: InspectionFile, size: tuple[int, int]
) -> None:
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        app.push_screen(Tell("A title that takes two lines where there is little room for it", "line\n" * 99))
        await settled(pilot)
        assert "escape: back" in text(app)
        app.screen.dismiss(None)
        await settled(pilot)
        app.push_screen(Choose("One of many?", [(f"{number}", f"Choice {number}") for number in range(99)]))
        await settled(pilot)
        assert "escape: back" in text(app)
