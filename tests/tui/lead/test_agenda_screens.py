"""The agenda by keys alone: planned, moved, done, a week cancelled, notes written, an interview answered."""

from __future__ import annotations

import pytest

from builders.inspections import LEAD, ME, OTHER, agenda_of, fill, half_written, noted
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead.agenda_item_screen import AgendaItemScreen
from fieldtool.tui.lead.agenda_screen import AgendaScreen
from fieldtool.tui.parts.bars import TitleBar
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead.agenda import Agenda
from tui.looking import Pilots, lines, press, settled, text


@pytest.fixture
def agenda(crc: InspectionFile) -> Agenda:
    return fill(agenda_of(crc))


async def opened(pilot: Pilots) -> None:
    """The agenda, from the first screen."""
    await settled(pilot)
    await press(pilot, "f5", "2")
    await settled(pilot)


async def typed(pilot: Pilots, words: str) -> None:
    await press(pilot, *words)


def states(agenda: Agenda) -> dict[str, str]:
    return {item.id: item.told for item in agenda.items}


def offered(app: FieldtoolApp) -> set[str]:
    """What the keys do here that may be used."""
    return {found.binding.action for found in app.screen.active_bindings.values() if found.enabled}


async def test_something_is_planned_and_moved_by_keys(crc: InspectionFile) -> None:
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "Nothing is on the agenda yet: a plans something." in text(app)
        await press(pilot, "a", "down", "enter")
        for words in ("16/3/2020", "9.30", "Hub", "managers"):
            await typed(pilot, words)
            await press(pilot, "enter")
        await typed(pilot, "ins-09")
        await press(pilot, "enter")
        assert "ins-09 is not on the team: did you mean INS-0" in text(app)
        await press(pilot, *["backspace"] * 6)
        await typed(pilot, ME)
        await press(pilot, "enter")
        await settled(pilot)
        assert isinstance(app.screen, AgendaScreen)
        (item,) = agenda_of(crc).items
        assert (item.plan.what, item.when) == (AgendaKind.FOCUS_GROUP, "Mon 16 Mar 2020, 09:30")
        assert (item.plan.place, item.plan.whom, item.plan.goes) == ("Hub", "managers", (ME,))
        await press(pilot, "e", *["backspace"] * 10)
        await typed(pilot, "17/3/2020")
        await press(pilot, "up", "enter")
        await settled(pilot)
        assert agenda_of(crc).items[0].when == "Tue 17 Mar 2020, 09:30"
        assert "Tue 17 Mar 2020 · 1 planned" in text(app)


async def test_leaving_the_dialog_plans_nothing(crc: InspectionFile, agenda: Agenda) -> None:
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test() as pilot:
        await opened(pilot)
        await press(pilot, "a", "enter", "enter", "escape")
        await press(pilot, "x", "escape")
        await press(pilot, "X", "enter", "escape")
        assert isinstance(app.screen, AgendaScreen)
        assert set(states(agenda).values()) == {"planned"}
        assert len(states(agenda)) == 3


async def test_one_key_cancels_all_from_a_day_on(crc: InspectionFile, agenda: Agenda) -> None:
    agenda.propose_done(["RO-1"]).carry_out()
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await press(pilot, "X")
        assert "Everything planned from Mon 9 Mar 2020 on: 2" in text(app)
        await press(pilot, "down", "enter")
        await typed(pilot, "stopped")
        await press(pilot, "enter")
        await settled(pilot)
        because = "cancelled because: stopped"
        assert states(agenda) == {"RO-1": "done", "RO-2": because, "MT-1": because}
        assert "Mon 9 Mar 2020 · cancelled: stopped" in text(app)
        assert "× cancelled" in text(app)
        assert "cancel_all" not in offered(app)
        await press(pilot, "r")
        assert states(agenda)["RO-2"] == "planned"
        await press(pilot, "x")
        await typed(pilot, "ill")
        await press(pilot, "enter")
        await settled(pilot)
        assert states(agenda)["RO-2"] == "cancelled because: ill"


async def test_an_interview_takes_one_key_an_answer(crc: InspectionFile, agenda: Agenda) -> None:
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert isinstance(app.screen, AgendaItemScreen)
        assert "0 of 10 answered" in text(app)
        await press(pilot, "3")
        assert agenda.answers == {("RO-1", "workload"): "no"}
        await press(pilot, "1", "9", "2", "up", "up", "up", "4")
        assert agenda.answers == {
            ("RO-1", "workload"): "cannot_say",
            ("RO-1", "case_mix"): "yes",
            ("RO-1", "prepared"): "partly",
        }
        assert "3 of 10 answered" in text(app)
        await press(pilot, "backspace")
        assert ("RO-1", "case_mix") not in agenda.answers
        await press(pilot, "d")
        assert states(agenda)["RO-1"] == "done"
        assert "● done" in text(app)
        await press(pilot, "escape", "p")
        assert "100%  Partly: 1 of 1" in text(app) or "Cannot say: 1, not counted" in text(app)


async def test_the_last_answer_does_not_leave_the_form(crc: InspectionFile, agenda: Agenda) -> None:
    noted(agenda, "RO-1", "1.2", "a note behind the form")
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await press(pilot, "enter", *["1"] * 12)
        await settled(pilot)
        assert len(agenda.answers) == 10
        assert "answer(1)" in offered(app)


async def test_a_note_is_kept_as_it_is_typed(crc: InspectionFile, agenda: Agenda) -> None:
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await press(pilot, "enter", "m", "down", "enter")
        await settled(pilot)
        await typed(pilot, "Xd1 [b]so")
        screen = app.screen
        assert isinstance(screen, AgendaItemScreen)
        assert not {"answer(1)", "note", "done"} & offered(app)
        screen._writing._tell()
        await settled(pilot)
        assert list(half_written(agenda).values()) == ["Xd1 [b]so"]
        await press(pilot, "escape")
        await settled(pilot)
        assert [(note.on, note.person, note.text) for note in agenda.notes()] == [("1.1.1", ME, "Xd1 [b]so")]
        assert half_written(agenda) == {}
        assert "1.1.1 Is there an effective vision" in text(app)
        assert "Xd1 [b]so" in text(app)
        await press(pilot, "enter", "!", "escape")
        await settled(pilot)
        assert [note.text for note in agenda.notes()] == ["Xd1 [b]so!"]
        await press(pilot, "escape")
        await settled(pilot)
        assert any("1 note" in line for line in lines(app))


async def test_what_is_being_written_is_recorded_when_the_app_is_left(
    crc: InspectionFile, agenda: Agenda
) -> None:
    app = FieldtoolApp(crc, ME)
    async with app.run_test() as pilot:
        await opened(pilot)
        await press(pilot, "enter", "m", "enter")
        await settled(pilot)
        await typed(pilot, "last words")
        await press(pilot, "ctrl+q")
        assert app.return_code == 0
        assert [note.text for note in agenda.notes()] == ["last words"]


async def test_who_does_not_go_there_reads(crc: InspectionFile, agenda: Agenda) -> None:
    noted(agenda, "RO-1", "1.2", "what the lead heard")
    app = FieldtoolApp(crc, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert not {"add", "change", "done", "cancel", "cancel_all", "again"} & offered(app)
        await press(pilot, "x", "a", "d", "enter", "1", "m", "d", "backspace")
        await settled(pilot)
        assert isinstance(app.screen, AgendaItemScreen)
        assert not {"answer(1)", "note", "done", "edit"} & offered(app)
        assert agenda.answers == {}
        await press(pilot, "end", "enter")
        assert "what the lead heard" in text(app)
        assert set(states(agenda).values()) == {"planned"}


async def test_an_inspection_without_a_form_says_so(tiny: InspectionFile) -> None:
    fill(agenda_of(tiny))
    app = FieldtoolApp(tiny, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await press(pilot, "p")
        assert "The framework of this inspection has no interview form" in text(app)
        await press(pilot, "escape", "enter")
        await settled(pilot)
        assert "There are no notes yet: m writes one." in text(app)


async def test_texts_are_only_shown(crc: InspectionFile) -> None:
    fill(agenda_of(crc))
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert "[b]those[/b] who  work" in text(app)
        await press(pilot, "enter")
        await settled(pilot)
        assert "With: [b]those[/b] who  work" in text(app)
        assert "\x1b" not in text(app)


@pytest.mark.parametrize("size", [(80, 24), (60, 15)])
async def test_what_comes_in_from_elsewhere_is_shown(
    crc: InspectionFile, agenda: Agenda, size: tuple[int, int]
) -> None:
    app = FieldtoolApp(crc, LEAD)
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        agenda.propose_done(["RO-1"]).carry_out()
        agenda.answer("RO-1", {"workload": "no"})
        app.take_in()
        await settled(pilot)
        assert "1 of 10 answered" in text(app)
        await press(pilot, "escape")
        await settled(pilot)
        assert "1 done" in app.screen.query_one(TitleBar)._place
        assert "● done" in text(app)
