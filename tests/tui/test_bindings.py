"""Every key of every screen and widget: named, explained, and good for something where it is shown."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import WorkerCancelled

import fieldtool.tui
from builders.inspections import LEAD, ME, OTHER, agenda_of, fill, noted
from fieldtool.domain.kinds.laptops import LaptopInvited
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.lead.team_list import SetupRows
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, hand_over, list_import, replacements
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.removals import known_laptops
from tui import looking
from tui.looking import Pilots, Way, press, settled


def owners() -> list[type[DOMNode]]:
    """Every class of ours that has keys of its own."""
    found: dict[str, type[DOMNode]] = {}
    for module in pkgutil.walk_packages(fieldtool.tui.__path__, "fieldtool.tui."):
        for _, owner in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            ours = owner.__module__.startswith("fieldtool.tui") and owner.__dict__.get("BINDINGS")
            if ours and issubclass(owner, DOMNode):
                found[owner.__qualname__] = owner
    return [found[name] for name in sorted(found)]


def bindings() -> Iterator[tuple[str, Binding]]:
    for owner in owners():
        for binding in owner.__dict__["BINDINGS"]:
            assert isinstance(binding, Binding), f"{owner.__qualname__} has a key without a tooltip"
            yield owner.__qualname__, binding


def test_all_owners_of_keys_are_found() -> None:
    names = {owner.__name__ for owner in owners()}
    assert {"FieldtoolApp", "CasesScreen", "CaseScreen", "RatingsScreen", "Rows", "Writing"} <= names
    assert {"BaseScreen", "Dialog", "Tell"} <= names


def test_every_key_is_explained_and_can_be_changed() -> None:
    bare = [
        f"{owner}: {binding.key}"
        for owner, binding in bindings()
        if not (binding.id and binding.tooltip and binding.description)
    ]
    assert bare == []


def test_ids_of_keys_are_unique() -> None:
    ids = [binding.id or "" for _, binding in bindings()]
    assert sorted(set(ids)) == sorted(ids)


def test_every_key_has_an_action() -> None:
    missing = []
    for owner in owners():
        missing += [
            f"{owner.__qualname__}: {binding.action}"
            for binding in owner.__dict__["BINDINGS"]
            if not hasattr(owner, f"action_{binding.action.partition('(')[0]}")
        ]
    assert missing == []


async def nowhere(pilot: Pilots) -> None:
    await settled(pilot)


async def ratings(pilot: Pilots) -> None:
    await press(pilot, "f2", "down", "down")


async def conflicts(pilot: Pilots) -> None:
    await press(pilot, "f4")


async def progress(pilot: Pilots) -> None:
    await press(pilot, "f5", "1")
    await settled(pilot)


async def agenda(pilot: Pilots) -> None:
    app = pilot.app
    assert isinstance(app, FieldtoolApp)
    found = agenda_of(app.file)
    if not found.items:
        fill(found).propose_cancelled(["RO-2"], "ill").carry_out()
        noted(found, "RO-1", "Q", "so")
    await press(pilot, "f5", "2")


async def cancelled(pilot: Pilots) -> None:
    await agenda(pilot)
    await press(pilot, "down")


async def interview(pilot: Pilots) -> None:
    await agenda(pilot)
    await press(pilot, "enter")
    await settled(pilot)


async def syncing(pilot: Pilots) -> None:
    await press(pilot, "f3")


async def team(pilot: Pilots) -> None:
    await press(pilot, "f5", "3")
    await settled(pilot)


async def team_person(pilot: Pilots) -> None:
    await team(pilot)
    pilot.app.screen.query_one(SetupRows).stand_on(("person", OTHER))
    await settled(pilot)


async def team_laptop(pilot: Pilots) -> None:
    assert isinstance(pilot.app, FieldtoolApp)
    key = "5d1c33a4" * 8
    if not known_laptops(Lead(pilot.app.inspection)):
        pilot.app.inspection.record(LaptopInvited(key=key, person=OTHER))
    await team(pilot)
    pilot.app.screen.query_one(SetupRows).stand_on(("laptop", key))
    await settled(pilot)


async def share(pilot: Pilots) -> None:
    nobody_has(pilot, "B-2")
    await press(pilot, "f5", "6")


async def share_cases(pilot: Pilots) -> None:
    nobody_has(pilot, "B-2")
    await press(pilot, "f5", "6", "tab", "enter")


def nobody_has(pilot: Pilots, ref: str) -> None:
    """See that a case can be shared out."""
    assert isinstance(pilot.app, FieldtoolApp)
    hand_over.propose(Lead(pilot.app.inspection), None, [ref], "to share it out").carry_out()


async def replace(pilot: Pilots) -> None:
    await press(pilot, "f5", "7")


async def dropped(pilot: Pilots) -> None:
    assert isinstance(pilot.app, FieldtoolApp)
    lead = Lead(pilot.app.inspection)
    if not replacements.eliminated(lead):
        replacements.propose(lead, "B-2", "deceased", "so", without_reserve=True).carry_out()
    await press(pilot, "f5", "7", "tab")


def has_list(pilot: Pilots) -> None:
    """See that there is something to draw from."""
    assert isinstance(pilot.app, FieldtoolApp)
    lead = Lead(pilot.app.inspection)
    if not tuple(draws.lists_seen(lead)):
        list_import.propose(
            lead, "branch", [ListedCase(f"L-{number}", {"stock": "books"}) for number in range(40)]
        ).carry_out()


async def tried(pilot: Pilots) -> None:
    """Wait until a list is read, or a draw is tried."""
    await settled(pilot)
    while busy := [each for each in pilot.app.workers if each.group in {"look", "try"}]:
        with suppress(WorkerCancelled):  # a later look takes its place
            await pilot.app.workers.wait_for_complete(busy)
        await settled(pilot)


async def case_lists(pilot: Pilots) -> None:
    await press(pilot, "f5", "4")


async def list_preview(pilot: Pilots) -> None:
    await press(pilot, "f5", "4", "enter", *"list.csv", "enter")
    await tried(pilot)


async def draw(pilot: Pilots) -> None:
    has_list(pilot)
    await press(pilot, "f5", "5")
    await tried(pilot)


async def draw_explained(pilot: Pilots) -> None:
    await draw(pilot)
    await press(pilot, "x")


async def facts(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-1")


async def choice(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-1")
    await press(pilot, "down")


async def case_note(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-1")
    await press(pilot, "end")


async def prompt(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-4", 1)


async def judgement(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-4", 1)
    await press(pilot, "end")


async def qualitative(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-1", 4)


async def closed(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-3", 3)


async def complete(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-2", 1)


async def writing(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-4", 1)
    await press(pilot, "m")


async def completion(pilot: Pilots) -> None:
    await looking.open_case(pilot, "B-4", 1)
    await press(pilot, "c")
    await settled(pilot)


PLACES: list[tuple[Way, str]] = [
    (nowhere, ME),
    (ratings, ME),
    (conflicts, ME),
    (syncing, ME),
    (progress, LEAD),
    (agenda, LEAD),
    (cancelled, LEAD),
    (interview, LEAD),
    (team, LEAD),
    (team, ME),
    (team_person, LEAD),
    (team_laptop, LEAD),
    (case_lists, LEAD),
    (list_preview, LEAD),
    (draw, LEAD),
    (draw_explained, LEAD),
    (share, LEAD),
    (share_cases, LEAD),
    (replace, LEAD),
    (dropped, LEAD),
    (facts, ME),
    (choice, ME),
    (case_note, ME),
    (prompt, OTHER),
    (judgement, OTHER),
    (qualitative, ME),
    (closed, OTHER),
    (complete, ME),
    (writing, OTHER),
    (completion, OTHER),
]


def keys_in_sight(app: FieldtoolApp) -> list[str]:
    """The first key of every binding of ours that is offered now, in the line of keys or the palette."""
    offered = app.screen.active_bindings.values()
    return [
        binding.key
        for _, binding, enabled, _ in offered
        if enabled and binding.id and binding.show and binding.action != "quit"
    ]


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize(("way", "person"), PLACES, ids=[f"{way.__name__}-{who}" for way, who in PLACES])
async def test_every_key_that_is_shown_does_something(
    tiny: InspectionFile, way: Way, person: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.csv").write_text("CRN,Stock\nL-1,Books alone\nL-2,\n", encoding="utf-8")
    app = FieldtoolApp(tiny, person)
    async with app.run_test(size=(80, 24)) as pilot:
        await way(pilot)
        place, before = app.screen, looking.appearance(app)
        keys, idle = keys_in_sight(app), []
        for key in dict.fromkeys(keys):
            if not await is_again(pilot, place, before):
                await home(pilot)
                await way(pilot)
                place, before = app.screen, looking.appearance(app)
            if key not in keys_in_sight(app):
                continue  # what another key did has changed what there is to do
            await press(pilot, key)
            await settled(pilot)
            if looking.appearance(app) == before:
                idle.append(key)
    assert keys
    assert idle == []


async def is_again(pilot: Pilots, place: Screen[Any], before: tuple[object, ...]) -> bool:
    """Put away what a key has opened over a place; whether all is there again as it was before the key."""
    app = pilot.app
    if place not in app.screen_stack:
        return False
    await close_help(pilot)
    while app.screen is not place:
        await app.pop_screen()
        await close_help(pilot)
    await settled(pilot)
    return app.screen is place and looking.appearance(app) == before


async def close_help(pilot: Pilots) -> None:
    for panel in pilot.app.screen.query("HelpPanel"):
        await panel.remove()


async def home(pilot: Pilots) -> None:
    """Back to the list of cases, as it was at first."""
    app = pilot.app
    await close_help(pilot)
    while len(app.screen_stack) > 2:
        await app.pop_screen()
        await close_help(pilot)
    await settled(pilot)
    await press(pilot, "escape")
    await settled(pilot)


async def test_quit_leaves(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test() as pilot:
        await writing(pilot)
        await press(pilot, "ctrl+q")
        assert app.return_code == 0


def offered(app: FieldtoolApp) -> dict[str, bool]:
    """The ids of what the keys do here, and whether they may be used."""
    found = app.screen.active_bindings.values()
    return {binding.id: enabled for _, binding, enabled, _ in found if binding.id}


async def test_answers_are_hidden_while_writing(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, OTHER)
    async with app.run_test() as pilot:
        await prompt(pilot)
        assert {"answer.yes", "judge.no", "case.undo", "case.note"} <= offered(app).keys()
        await press(pilot, "m")
        assert not {
            name for name in offered(app) if name.startswith(("answer", "judge", "case", "fact", "screen"))
        }
        assert offered(app)["writing.leave"]
        await press(pilot, "y", "n", "Y", "u", "1")
        await press(pilot, "escape")
        await settled(pilot)
        assert app.inspection.case("B-4").note("Qax") == "ynYu1"
        assert "answer.yes" in offered(app)


async def test_answers_are_greyed_where_one_may_only_read(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test() as pilot:
        await prompt(pilot)
        keys = offered(app)
        writing_keys = ("answer.yes", "answer.no", "judge.yes", "case.undo", "case.note", "case.reason")
        assert {name: keys.get(name) for name in writing_keys} == dict.fromkeys(writing_keys, False)
        assert all(keys[name] for name in ("case.history", "case.guidance", "screen.back", "case.ratings"))


async def test_keys_follow_what_is_under_the_cursor(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, ME)
    async with app.run_test() as pilot:
        await facts(pilot)
        assert not {"answer.yes", "judge.yes", "fact.1", "case.reopen"} & offered(app).keys()
        await press(pilot, "down")
        assert {"fact.1", "fact.2", "fact.3"} <= offered(app).keys()
        assert "fact.4" not in offered(app)
        await press(pilot, "end")
        assert not {"answer.yes", "fact.1", "judge.yes"} & offered(app).keys()


async def test_a_person_may_choose_other_keys(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, OTHER, {"answer.yes": "j"})
    async with app.run_test() as pilot:
        await prompt(pilot)
        await press(pilot, "j")
        assert app.inspection.case("B-4").answer("Qax") == "yes"


async def test_the_palette_offers_what_the_keys_do(tiny: InspectionFile) -> None:
    app = FieldtoolApp(tiny, OTHER)
    async with app.run_test() as pilot:
        await prompt(pilot)
        commands = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Yes (y)", "Undo (u)", "History (h)", "Quit (^q)"} <= set(commands)
        assert len(commands) == len(set(commands))
        assert not any(title.startswith("Choice") for title in commands)
