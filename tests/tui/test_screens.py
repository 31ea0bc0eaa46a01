"""What the screens post, ask and say: messages, dialogs, refusals, sizes; with any instrument, with no case."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from textual.message import Message

from builders import inspections
from builders.cases import TINY
from builders.inspections import ME, OTHER, Planned
from fieldtool.domain.method.case import Answer
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.file.database import StoreError
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.case.case_screen import CaseScreen
from fieldtool.tui.case.cases_screen import CasesScreen
from fieldtool.tui.case.outline import Outline
from fieldtool.tui.parts.case_list import CaseList
from fieldtool.tui.parts.rows import Rows
from fieldtool.tui.parts.too_small import TooSmall
from fieldtool.tui.parts.writing import Writing
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import card, open_case, press, settled, text

Kind = TypeVar("Kind", bound=Message)


class Heard(list[Message]):
    """The messages that were posted, each once."""

    def __call__(self, message: Message) -> None:
        if not any(message is known for known in self):
            self.append(message)

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [message for message in self if isinstance(message, kind)]


async def test_opening_a_case_is_a_message(tiny: InspectionFile) -> None:
    heard, app = Heard(), FieldtoolApp(tiny, ME)
    async with app.run_test(message_hook=heard) as pilot:
        await settled(pilot)
        listed = app.screen.query_one(CaseList)
        await press(pilot, "end")
        assert [(moved.control, moved.row) for moved in heard.of(Rows.Moved)] == [(listed, listed.cursor)]
        last = listed.ref
        await press(pilot, "enter")
        assert [opened.ref for opened in heard.of(CasesScreen.Open)] == [last]
        assert isinstance(app.screen, CaseScreen)


async def test_a_click_chooses(tiny: InspectionFile) -> None:
    heard, app = Heard(), FieldtoolApp(tiny, OTHER)
    async with app.run_test(message_hook=heard) as pilot:
        await press(pilot, *"b-4", "enter")
        await settled(pilot)
        outline = app.screen.query_one(Outline)
        await pilot.click(Outline, offset=(3, 0))
        await settled(pilot)
        assert [(chosen.control, chosen.row) for chosen in heard.of(Rows.Chosen)] == [(outline, 0)]
        assert "Facts of the case" in text(app)


async def test_typing_and_leaving_are_messages(tiny: InspectionFile) -> None:
    heard, app = Heard(), FieldtoolApp(tiny, OTHER)
    async with app.run_test(message_hook=heard) as pilot:
        await open_case(pilot, "B-4", 1)
        await press(pilot, "m", "a", "b")
        writing = app.screen.query_one(Writing)
        writing._tell()
        await settled(pilot)
        assert [(str(typed.slot), typed.text) for typed in heard.of(Writing.Typed)] == [("note:Qax", "ab")]
        assert list(app.inspection.being_written(app.inspection.case("B-4")).values()) == ["ab"]
        await press(pilot, "escape")
        assert [(str(left.slot), left.text) for left in heard.of(Writing.Left)][:1] == [("note:Qax", "ab")]
        assert app.inspection.case("B-4").note("Qax") == "ab"
        assert app.inspection.being_written(app.inspection.case("B-4")) == {}


async def test_text_that_cannot_be_saved_stays_open(
    tiny: InspectionFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The disk is full [red]now[/]")

    app = FieldtoolApp(tiny, OTHER)
    async with app.run_test(notifications=True) as pilot:
        await open_case(pilot, "B-4", 1)
        await press(pilot, "m", *"abc")
        with monkeypatch.context() as patched:
            patched.setattr(Inspection, "write_text", refuse)
            await press(pilot, "escape")
            assert "NOT SAVED" in text(app)
            await settled(pilot)
            assert "[red]now[/]" in text(app)
            assert app.screen.query_one(Writing).text == "abc"
            assert app.screen.query_one(Writing).display
        await press(pilot, "escape")
        assert not app.screen.query_one(Writing).display
        assert app.inspection.case("B-4").note("Qax") == "abc"


async def test_an_answer_that_cannot_be_saved_is_not_shown(
    tiny: InspectionFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The disk is full.")

    app = FieldtoolApp(tiny, ME)
    async with app.run_test() as pilot:
        await open_case(pilot, "B-1", 1)
        before = card(app).cursor
        with monkeypatch.context() as patched:
            patched.setattr(Inspection, "answer", refuse)
            await press(pilot, "y")
            assert "[ ] Qax" in text(app)
            assert card(app).cursor == before
        await press(pilot, "y")
        assert "[Y] Qax" in text(app)
        assert "NOT SAVED" not in text(app)


async def test_who_are_you_is_asked_and_remembered(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, None)
    async with app.run_test() as pilot:
        await settled(pilot)
        await settled(pilot)
        assert "Who are you?" in text(app)
        await press(pilot, "down", "enter")
        await settled(pilot)
        assert "[Mine]" in text(app)
        assert tiny.me == OTHER
        await press(pilot, "enter")
        assert app.screen.query(Outline)
        await press(pilot, "f2", "escape", "escape")
        assert app.screen.query(CaseList)


async def test_who_would_not_say_can_look(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, None)
    async with app.run_test() as pilot:
        await settled(pilot)
        await settled(pilot)
        await press(pilot, "escape")
        assert tiny.me is None
        await open_case(pilot, "B-1", 1)
        await press(pilot, "y", "N", "m")
        assert "opened to look only" in text(app)
        assert app.inspection.case("B-1").answer("Qax") is None


async def test_every_screen_works_with_any_instrument(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_case(pilot, "B-1", 1)
        await press(pilot, "y", "Y")
        await open_case(pilot, "B-1", 2)
        await press(pilot, "Y")
        await open_case(pilot, "B-1", 3)
        await press(pilot, "y", "x", "Y")
        assert "nothing is missing" in text(app)
        await press(pilot, "c")
        await settled(pilot)
        assert "B-1: nothing is missing" in text(app)
        await press(pilot, "enter")
        await settled(pilot)
        assert app.inspection.case("B-1").complete
        assert app.screen.active_bindings["o"].enabled
        assert not app.screen.active_bindings["n"].enabled
        await press(pilot, "f2")
        assert "To stay open" in text(app) or "To be closed" in text(app)
        await press(pilot, "down", "down", "enter")
        assert "Are the doors closed softly?" in text(app)
        await press(pilot, "escape", "a")
        assert "complete cases only" in text(app)


async def test_inspection_without_cases(tmp_path: Path) -> None:
    path = inspections.make(tmp_path / "empty.db", TINY, [])
    with InspectionFile.open(path, to_write=True) as file:
        app = FieldtoolApp(file, ME)
        async with app.run_test() as pilot:
            await press(
                pilot, "enter", "up", "down", "pagedown", "home", "end", "tab", "x", "backspace", "shift+tab"
            )
            assert "0 of 0" in text(app)
            assert isinstance(app.screen, CasesScreen)
            await press(pilot, "f2", "a", "down", "enter", "end", "enter", "escape", "escape")
            assert isinstance(app.screen, CasesScreen)


async def test_too_small_comes_and_goes(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_case(pilot, "B-1", 1)
        for size in ((59, 24), (80, 14)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert isinstance(app.screen, TooSmall)
            assert "too small" in text(app)
            await press(pilot, "y")
            await pilot.resize_terminal(60, 15)
            await settled(pilot)
            assert isinstance(app.screen, CaseScreen)
        assert app.inspection.case("B-1").answer("Qax") is None
        await press(pilot, "y")
        assert app.inspection.case("B-1").answer("Qax") is Answer.YES


async def test_too_small_goes_even_from_under_the_palette(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test(size=(50, 12)) as pilot:
        await settled(pilot)
        app.action_command_palette()
        await settled(pilot)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        await press(pilot, "escape")
        await settled(pilot)
        assert isinstance(app.screen, CasesScreen)


async def test_leaving_a_case_that_was_changed_shows_it_in_the_list(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test(size=(100, 24)) as pilot:
        await open_case(pilot, "B-1", 1)
        await press(pilot, "y", "escape")
        row = next(line for line in text(app).splitlines() if "B-1" in line)
        assert "in progress" in row
        assert " 2/7" in row


async def test_filter_goes_on_in_the_next_group(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test() as pilot:
        await press(pilot, *"south")
        assert "0 of 4" in text(app)
        await press(pilot, "tab")
        assert "2 of 4" in text(app)
        assert app.screen.query_one(CaseList).ref in tiny.refs(CaseFilter(text="South"))


async def test_a_case_that_another_program_changed_meanwhile(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test() as pilot:
        await open_case(pilot, "B-1", 1)
        path = tiny.database.path
        assert path is not None
        with InspectionFile.open(path, to_write=True) as other:
            second = Inspection(other, ME)
            second.answer(second.case("B-1"), "Qax", Answer.NO)
        await press(pilot, "y")
        assert app.inspection.case("B-1").answer("Qax") is Answer.YES
        assert list(app.inspection.findings()) == []


def test_planned_cases_are_what_they_say(tiny: InspectionFile) -> None:
    states = {line.ref: line.state.value for line in tiny.all_lines(CaseFilter())}
    assert states == {"B-1": "untouched", "B-2": "complete", "B-3": "complete", "B-4": "in_progress"}
    assert Planned("x", "branch").state == "untouched"
