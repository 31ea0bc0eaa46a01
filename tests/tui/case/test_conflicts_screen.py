"""Conflicts from the screens: marked where they are, told with all their sides, settled by whoever may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.inspections import LEAD, ME, OTHER
from fieldtool.domain.kinds.assessment import AnswerGiven, CaseCompleted, CaseReopened, FactSet, NoteWritten
from fieldtool.domain.kinds.inspection import PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer, Aspect, Slot
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import events_after, read_ends
from fieldtool.store.file.database import Database
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.case.conflicts_screen import ConflictsScreen
from fieldtool.tui.case.outline import Outline
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import Pilots, lines, open_case, press, settled, text

YES, NO = (AnswerGiven(prompt="Qax", answer=answer) for answer in (Answer.YES, Answer.NO))
NOTES = [NoteWritten(item="", text=each) for each in ("Seen on Monday.", "Seen on Tuesday.")]


class Apart:
    """Two laptops that were copied from one, and have not heard of each other since."""

    def __init__(self, file: InspectionFile, folder: Path) -> None:
        self._file = file
        self._logs = {}
        for person, device in ((ME, "anna"), (OTHER, "ben")):
            database = Database.open(Path(shutil.copy(file.database.path or "", folder / f"{device}.db")))
            self._logs[person] = Log(database, ChainId(device, 1), person), database
        self._own = Log(file.database, ChainId("lead", 1), LEAD)

    def say(self, person: str, ref: str, *bodies: Body) -> None:
        """Let somebody record something on their laptop, and have it come here."""
        log, database = self._logs[person]
        log.record(ref, *bodies)
        end = read_ends(database)[log.device].seq
        self._own.receive(events_after(database, log.device, 0, end))

    def close(self) -> None:
        for _, database in self._logs.values():
            database.close()


@pytest.fixture
def apart(tiny: InspectionFile, tmp_path: Path) -> Iterator[Apart]:
    apart = Apart(tiny, tmp_path)
    yield apart
    apart.close()


def app_of(file: InspectionFile, person: str) -> FieldtoolApp:
    return FieldtoolApp(file, person)


async def all_conflicts(pilot: Pilots) -> ConflictsScreen:
    await settled(pilot)
    await press(pilot, "f4")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ConflictsScreen)
    return screen


def history(file: InspectionFile, ref: str, slot: str) -> tuple[str | None, tuple[str | None, ...], str]:
    """The latest change of a slot: its value, what it replaced, and who made it."""
    inspection = Inspection(file)
    latest = inspection.history(inspection.case(ref), Slot.parse(slot))[0]
    return latest.value, latest.before, latest.actor


async def test_the_lists_mark_what_is_contested(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", YES)
    apart.say(OTHER, "B-4", NO)
    app = app_of(tiny, ME)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "tab")
        marked = [line for line in lines(app) if "≠" in line]
        assert [line.split()[0].strip("▌") for line in marked] == ["B-4"]
        assert "≠ in progress" in marked[0]
        await open_case(pilot, "B-4", 1)
        assert "≠ Two people wrote here" in text(app)
        assert app.screen.query_one(Outline)._contested == {"Qa"}


async def test_no_conflicts_is_said(tiny: InspectionFile) -> None:
    app = app_of(tiny, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        assert "There are no conflicts" in text(app)
        await press(pilot, "1", "w", "b", "h", "enter", "escape")
        assert not isinstance(app.screen, ConflictsScreen)


@pytest.mark.parametrize("number", [1, 2])
async def test_settled_by_the_holder_even_as_what_is_shown(
    tiny: InspectionFile, apart: Apart, number: int
) -> None:
    apart.say(ME, "B-4", YES, NoteWritten(item="Qax", text="as in the file"))
    apart.say(OTHER, "B-4", NO)
    app = app_of(tiny, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_case(pilot, "B-4", 1)
        await press(pilot, "k")
        assert "because: as in the file" in text(app)
        said = [line for line in lines(app) if "laptop" in line]
        assert "INS-02" in said[0]
        assert "shown" in said[0]
        assert "laptop anna" in said[1]
        await press(pilot, str(number))
        assert "There are no conflicts" in text(app)
        value = {1: "no", 2: "yes"}[number]
        latest = history(tiny, "B-4", "answer:Qax")
        assert (latest[0], {*latest[1]}, latest[2]) == (value, {"yes", "no"}, OTHER)
        await press(pilot, "escape")
        assert "≠" not in text(app)
        assert "settled as" not in text(app)
        await press(pilot, "home", "h")
        assert f"settled as {value}, from " in text(app)


async def test_only_holder_and_lead_may(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", YES)
    apart.say(OTHER, "B-4", NO)
    apart.say(ME, "", PersonJoined(person="INS-03", name="A", role="inspector"))
    apart.say(OTHER, "", PersonJoined(person="INS-03", name="B", role="inspector"))
    app = app_of(tiny, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        assert "For the lead inspector to settle." in text(app)
        assert "For INS-02 or the lead inspector to settle." in text(app)
        await press(pilot, "1", "down", "1", "w")
        assert isinstance(app.screen, ConflictsScreen)
        assert len(app.inspection.conflicts()) == 2
    lead = app_of(tiny, LEAD)
    async with lead.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        await press(pilot, "2", "1")
        assert lead.inspection.conflicts() == ()
        assert {person.name for person in tiny.people if person.id == "INS-03"} == {"A"}


async def test_a_third_answer(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", YES)
    apart.say(OTHER, "B-4", NO)
    app = app_of(tiny, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        await press(pilot, "w", "down", "down", "enter")
        await settled(pilot)
        assert history(tiny, "B-4", "answer:Qax")[0] == "not_relevant"
        assert app.inspection.conflicts() == ()


async def test_one_text_made_of_two(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", NOTES[0])
    apart.say(OTHER, "B-4", NOTES[1])
    app = app_of(tiny, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        await press(pilot, "w", "escape")
        await settled(pilot)
        assert "not settled: b keeps both" in text(app)
        assert len(app.inspection.conflicts()) == 1
        await press(pilot, "w", *" Both.")
        app.screen.query_one("Writing")._tell()  # type: ignore[attr-defined]  # instead of waiting for the clock
        await settled(pilot)
        kept = app.inspection.being_written(app.inspection.case("B-4"))
        assert list(kept.values()) == ["Seen on Monday.\n\nSeen on Tuesday. Both."]
        await press(pilot, "escape")
        await settled(pilot)
        assert app.inspection.case("B-4").note() == "Seen on Monday.\n\nSeen on Tuesday. Both."
        assert app.inspection.being_written(app.inspection.case("B-4")) == {}
        assert app.inspection.conflicts() == ()


async def test_both_texts_as_they_are_and_a_lock_in_between(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", NOTES[0])
    apart.say(OTHER, "B-4", NOTES[1])
    app = app_of(tiny, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await all_conflicts(pilot)
        await press(pilot, "w", "x", "backspace")
        app.screen.query_one("Writing")._tell()  # type: ignore[attr-defined]  # instead of waiting for the clock
        await settled(pilot)
        assert screen.settle()
        assert app.inspection.being_written(app.inspection.case("B-4")) == {}
        assert len(app.inspection.conflicts()) == 1
        await press(pilot, "b")
        assert app.inspection.case("B-4").note() == "Seen on Monday.\n\nSeen on Tuesday."


async def test_a_fact_a_holder_and_completion(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-2", FactSet(fact="borough", to="Upper"), CaseAssigned(person=None), CaseCompleted())
    apart.say(OTHER, "B-2", FactSet(fact="borough", to="Lower"), CaseAssigned(person=OTHER))
    apart.say(OTHER, "B-2", CaseReopened(why="a page was missing"))
    app = app_of(tiny, LEAD)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        assert "a page was missing" in text(app)
        await press(pilot, "2")  # complete
        await settled(pilot)
        await press(pilot, "w", *"Middle", "enter")
        await settled(pilot)
        await press(pilot, "w", "enter")
        await settled(pilot)
        case = app.inspection.case("B-2")
        assert app.inspection.conflicts() == ()
        assert case.complete
        assert case.facts["borough"] == "Middle"
        assert case.holder == ME


async def test_what_came_in_meanwhile_is_not_overruled(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", YES)
    apart.say(OTHER, "B-4", NO)
    app = app_of(tiny, LEAD)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await all_conflicts(pilot)
        apart.say(ME, "B-4", AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT))
        await press(pilot, "1")
        assert "NOT SETTLED" in text(app)
        assert "come in meanwhile" in text(app)
        assert "not relevant" in text(app)
        assert len(app.inspection.conflicts()) == 1


async def test_answering_where_two_have_said_something_settles_it(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", YES)
    apart.say(OTHER, "B-4", NO)
    app = app_of(tiny, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_case(pilot, "B-4", 1)
        await press(pilot, "home", "n")
        assert app.inspection.conflicts() == ()
        assert "≠" not in text(app)
        assert screen._session.contested == frozenset()


async def test_sides_that_say_the_same_settle_themselves(tiny: InspectionFile, apart: Apart) -> None:
    same = NoteWritten(item="", text="Seen.")
    for person, given in ((ME, YES), (OTHER, NO)):
        apart.say(person, "B-4", same, given)
        apart.say(person, "B-1", YES)
    app = app_of(tiny, OTHER)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        assert [(each.ref, str(each.slot)) for each in app.inspection.conflicts()] == [("B-4", "answer:Qax")]
        screen = await open_case(pilot, "B-1", 1)
        assert screen._session.contested == frozenset()


async def test_enter_goes_there(tiny: InspectionFile, apart: Apart) -> None:
    apart.say(ME, "B-4", NOTES[0])
    apart.say(OTHER, "B-4", NOTES[1])
    app = app_of(tiny, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert app.screen.open_at == ("B-4", Slot(Aspect.NOTE))  # type: ignore[attr-defined]  # a case's


@pytest.mark.parametrize(("key", "note"), [("1", "of the copy"), ("2", "of the first")])
async def test_a_forked_chain_is_taken_over_or_left(
    tiny: InspectionFile, tmp_path: Path, key: str, note: str
) -> None:
    twin = ChainId("twin", 1)
    with Database.open(Path(shutil.copy(tiny.database.path or "", tmp_path / "copy.db"))) as copy:
        Log(copy, twin, ME).record("B-1", NoteWritten(item="", text="of the copy"))
        Log(tiny.database, twin, ME).record("B-1", NoteWritten(item="", text="of the first"))
        Log(tiny.database, ChainId("lead", 1), LEAD).receive(events_after(copy, twin, 0, 1))
    app = app_of(tiny, ME)
    async with app.run_test(size=(80, 24)) as pilot:
        await all_conflicts(pilot)
        assert "from a laptop that went two ways" in text(app)
        assert "leave it, and keep: of the first" in text(app)
        assert app.screen.active_bindings["1"].enabled
        await press(pilot, key)
        assert "There are no conflicts" in text(app)
        assert app.inspection.case("B-1").note() == note
        assert app.inspection.forked() == ()
        assert tiny.database.row("SELECT count(*) FROM fork") == (1,)
