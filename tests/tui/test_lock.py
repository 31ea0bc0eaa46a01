"""Locked away: the passphrase, the key that locks, the minutes in which nobody is there, and the second window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.command import CommandPalette

from builders import inspections
from builders.inspections import OTHER, PASSPHRASE
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.file.database import StoreError, key_file_of
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.case.case_screen import CaseScreen
from fieldtool.tui.case.cases_screen import CasesScreen
from fieldtool.tui.case.completion_dialog import Completion
from fieldtool.tui.parts.ask import AskText, Choose
from fieldtool.tui.parts.too_small import TooSmall
from fieldtool.tui.setup.unlock_screen import PassphraseField, UnlockScreen
from fieldtool.work.access import OPEN_ELSEWHERE, Access
from fieldtool.work.idle import Idle
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from tui import looking
from tui.looking import Pilots, card, open_case, press, settled, text


class Clock:
    """Seconds that go on only when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return inspections.locked(tmp_path / "locked.db", inspections.tiny)


@pytest.fixture
def access(path: Path, tmp_path: Path, clock: Clock) -> Iterator[Access]:
    with Access(path, tmp_path / "state", clock) as access:
        yield access


@pytest.fixture
def app(access: Access) -> Iterator[FieldtoolApp]:
    app = FieldtoolApp(None, None, access=access, who=lambda _: OTHER)
    yield app
    app.close()


async def finished(pilot: Pilots) -> None:
    """Wait until everything that was begun is done, in whatever thread."""
    for _ in range(3):
        await settled(pilot)
        await pilot.app.workers.wait_for_complete(
            worker for worker in pilot.app.workers if worker.group != "asking" and "_try" in worker.name
        )
        await settled(pilot)


async def unlock(pilot: Pilots, passphrase: str = PASSPHRASE) -> None:
    await settled(pilot)
    await press(pilot, *passphrase, "enter")
    await finished(pilot)


async def lock(pilot: Pilots) -> None:
    await press(pilot, "ctrl+l")
    await until_locked(pilot)


async def until_locked(pilot: Pilots) -> None:
    for _ in range(20):
        if shown(pilot.app) is UnlockScreen and not locking(pilot):
            break
        await settled(pilot)
    await settled(pilot)
    assert shown(pilot.app) is UnlockScreen


def locking(pilot: Pilots) -> bool:
    assert isinstance(pilot.app, FieldtoolApp)
    return pilot.app.locker.locking


def shown(app: App[None]) -> type[object]:
    """What kind of screen is on top."""
    return type(app.screen)


def blank(app: FieldtoolApp) -> bool:
    """Whether nothing of the inspection can be seen."""
    seen = text(app)
    return not any(word in seen for word in ("B-1", "B-4", "INS-", "Libraries", "Somewhere", "Qax", "North"))


class TestPassphrase:
    async def test_nothing_is_shown_until_it_is_right(self, app: FieldtoolApp) -> None:
        async with app.run_test() as pilot:
            await settled(pilot)
            assert shown(app) is UnlockScreen
            assert "locked.db is locked" in text(app)
            assert blank(app)
            with pytest.raises(StoreError, match="is locked"):
                _ = app.file
            await unlock(pilot)
            assert shown(app) is CasesScreen
            assert "[Mine]" in text(app)
            assert len(app.screen_stack) == 2
            await press(pilot, "enter")
            assert shown(app) is CaseScreen

    async def test_wrong_ones_are_refused_in_a_sentence_and_wait(
        self, app: FieldtoolApp, clock: Clock
    ) -> None:
        async with app.run_test() as pilot:
            for _ in range(3):
                await unlock(pilot, "wrong")
                assert "This passphrase does not open" in text(app)
                assert app.screen.query_one(PassphraseField).value == ""
            assert "Wait 1 second before" in text(app)
            await unlock(pilot, PASSPHRASE)
            assert shown(app) is UnlockScreen
            clock.now += 1
            await press(pilot, "backspace")
            await unlock(pilot, "!")
            assert "Wait 2 seconds before" in text(app)
            clock.now += 1.5
            screen = app.screen
            assert isinstance(screen, UnlockScreen)
            screen._count_down()
            await settled(pilot)
            assert "Wait 1 second before" in text(app)
            clock.now += 0.6
            screen._count_down()
            await settled(pilot)
            assert "Wait" not in text(app)
            await unlock(pilot)
            assert shown(app) is CasesScreen

    async def test_a_new_start_does_not_help(self, path: Path, tmp_path: Path, clock: Clock) -> None:
        for _ in range(4):
            with Access(path, tmp_path / "state", clock) as access, pytest.raises(StoreError):
                access.unlock("wrong")
        with Access(path, tmp_path / "state", clock) as access:
            app = FieldtoolApp(None, None, access=access)
            async with app.run_test() as pilot:
                await settled(pilot)
                assert "Wait 2 seconds before" in text(app)

    async def test_it_is_seen_nowhere(self, app: FieldtoolApp) -> None:
        async with app.run_test(size=(100, 40), notifications=True) as pilot:
            await press(pilot, "f1", *PASSPHRASE)
            field = app.screen.query_one(PassphraseField)
            assert field.value == PASSPHRASE
            seen = text(app) + app.export_screenshot()
            field.select_all()
            await press(pilot, "ctrl+c", "ctrl+x")
            seen += text(app) + app.clipboard
            titles = [command.title + command.help for command in app.get_system_commands(app.screen)]
            seen += " ".join(titles)
            assert PASSPHRASE not in seen
            assert "battery" not in seen
            assert "••••" in seen
            assert field.value == PASSPHRASE
            await press(pilot, "enter")
            await finished(pilot)
            assert shown(app) is CasesScreen
            assert field.value == ""

    async def test_escape_leaves(self, app: FieldtoolApp) -> None:
        async with app.run_test() as pilot:
            await press(pilot, "a", "escape")
            assert app.return_code == 0

    async def test_what_else_is_wrong_is_said_on_the_same_screen(self, app: FieldtoolApp, path: Path) -> None:
        async with app.run_test() as pilot:
            kept = key_file_of(path).read_bytes()
            key_file_of(path).write_text("{}")
            await unlock(pilot)
            assert "is damaged" in " ".join(text(app).split())
            key_file_of(path).write_bytes(kept)
            whole = path.read_bytes()
            path.write_bytes(whole[:5000] + bytes(5000) + whole[10000:])
            path.write_bytes(bytes(4096) + whole[4096:])
            await unlock(pilot)
            assert shown(app) is UnlockScreen
            path.write_bytes(whole)
            await unlock(pilot)
            assert shown(app) is CasesScreen

    async def test_somebody_who_is_not_on_the_team(self, access: Access) -> None:
        def refuse(_: InspectionFile) -> None:
            raise StoreError("INS-99 is not on the team.")

        app = FieldtoolApp(None, None, access=access, who=refuse)
        async with app.run_test() as pilot:
            await unlock(pilot)
            assert "INS-99 is not on the team." in text(app)
            assert access._key is None
            await press(pilot, "escape")
            assert app.return_code == 0


class TestLock:
    async def test_work_in_hand_is_saved_and_everything_is_put_away(
        self, app: FieldtoolApp, access: Access
    ) -> None:
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await unlock(pilot)
            await open_case(pilot, "B-4", 1)
            await press(pilot, "m", *"half a no")
            app.notify("B-4 is odd", timeout=60)
            app.copy_to_clipboard("B-4 is odd")
            file = app.file
            for key in ("t", "e", "ctrl+l"):
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await until_locked(pilot)
            assert blank(app)
            assert len(app.screen_stack) == 2
            assert access._key is None
            assert app.clipboard == ""
            with pytest.raises(StoreError):
                file.refs(CaseFilter())
            await unlock(pilot)
            screen = app.screen
            assert isinstance(screen, CaseScreen)
            assert (screen.open_at[0], screen._session.page) == ("B-4", "Qa")
            assert app.inspection.case("B-4").note("Qax") == "half a note"
            assert "half a note" in text(app)
            await press(pilot, "escape")
            assert shown(app) is CasesScreen

    @pytest.mark.parametrize(
        ("page", "keys_to_it", "dialog"),
        [
            (0, ("enter",), AskText),
            (1, ("c",), Completion),
            (1, ("g",), None),
            (1, ("f1",), None),
        ],
    )
    async def test_a_dialog_is_closed_without_an_answer(
        self, app: FieldtoolApp, page: int, keys_to_it: tuple[str, ...], dialog: type[object] | None
    ) -> None:
        async with app.run_test() as pilot:
            await unlock(pilot)
            await open_case(pilot, "B-4", page)
            before = app.inspection.case("B-4")
            await press(pilot, *keys_to_it)
            if dialog is not None:
                assert shown(app) is dialog
                await press(pilot, "x")
            await lock(pilot)
            assert blank(app)
            await unlock(pilot)
            assert shown(app) is CaseScreen
            assert app.inspection.case("B-4") == before
            assert app.return_code is None

    async def test_under_the_palette_and_where_nobody_has_said_who_they_are(self, access: Access) -> None:
        app = FieldtoolApp(None, None, access=access, who=lambda file: file.me)
        async with app.run_test() as pilot:
            await unlock(pilot)
            assert shown(app) is Choose
            await lock(pilot)
            await unlock(pilot)
            assert shown(app) is Choose
            await press(pilot, "down", "enter")
            await settled(pilot)
            assert app.file.me == OTHER
            app.action_command_palette()
            await settled(pilot)
            assert shown(app) is CommandPalette
            await lock(pilot)
            assert blank(app)
            await unlock(pilot)
            assert shown(app) is CasesScreen
        app.close()

    async def test_text_that_cannot_be_saved_keeps_it_open(
        self, app: FieldtoolApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise StoreError("The disk is full.")

        async with app.run_test(notifications=True) as pilot:
            await unlock(pilot)
            await open_case(pilot, "B-4", 1)
            await press(pilot, "m", *"abc")
            with monkeypatch.context() as patched:
                patched.setattr(Inspection, "write_text", refuse)
                await press(pilot, "ctrl+l")
                await settled(pilot)
                assert shown(app) is CaseScreen
                assert "NOT SAVED" in text(app)
                assert "The disk is full." in text(app)
                await press(pilot, "d")
            await lock(pilot)
            await unlock(pilot)
            assert app.inspection.case("B-4").note("Qax") == "abcd"

    async def test_text_that_cannot_be_saved_is_not_left_unasked(
        self, app: FieldtoolApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise StoreError("The disk is full.")

        async with app.run_test(notifications=True) as pilot:
            await unlock(pilot)
            await open_case(pilot, "B-4", 1)
            await press(pilot, "m", *"abc")
            monkeypatch.setattr(Inspection, "write_text", refuse)
            await press(pilot, "ctrl+q")
            await settled(pilot)
            assert app.return_code is None
            assert "leaves without it" in text(app)
            await press(pilot, "ctrl+q")
            assert app.return_code == 0

    async def test_without_a_passphrase_a_sentence_says_so(
        self, tiny: InspectionFile, tmp_path: Path
    ) -> None:
        path = tiny.database.path
        assert path is not None
        with Access(path, tmp_path) as access:
            app = FieldtoolApp(tiny, OTHER, access=access, idle_minutes=1)
            async with app.run_test(notifications=True) as pilot:
                await open_case(pilot, "B-4", 1)
                await press(pilot, "ctrl+l")
                await settled(pilot)
                assert "has no passphrase" in text(app)
                assert shown(app) is CaseScreen

    async def test_it_can_be_found(self, app: FieldtoolApp) -> None:
        async with app.run_test() as pilot:
            await settled(pilot)
            assert "app.lock" not in {b.id for _, b, _, _ in app.screen.active_bindings.values()}
            await unlock(pilot)
            titles = [command.title for command in app.get_system_commands(app.screen)]
            assert "Lock (^l)" in titles

    async def test_in_a_small_terminal(self, app: FieldtoolApp) -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await unlock(pilot)
            await pilot.resize_terminal(50, 12)
            await settled(pilot)
            assert shown(app) is TooSmall
            await press(pilot, "ctrl+l")
            for _ in range(20):
                await settled(pilot)
            assert shown(app) is TooSmall
            assert blank(app)
            await pilot.resize_terminal(80, 24)
            await settled(pilot)
            assert shown(app) is UnlockScreen
            await unlock(pilot)
            assert shown(app) is CasesScreen

    async def test_again_and_again(self, app: FieldtoolApp) -> None:
        async with app.run_test() as pilot:
            for letter in "abc":
                await unlock(pilot)
                if shown(app) is not CaseScreen:
                    await open_case(pilot, "B-4", 1)
                await press(pilot, "m", letter, "escape")
                await lock(pilot)
            await unlock(pilot)
            assert app.inspection.case("B-4").note("Qax") == "abc"
            assert list(app.inspection.findings()) == []


class TestIdle:
    @pytest.fixture
    def wall(self) -> Clock:
        return Clock()

    @pytest.fixture
    def watched(self, app: FieldtoolApp, clock: Clock, wall: Clock) -> FieldtoolApp:
        app.locker.idle = Idle(15, clock, wall)
        return app

    async def test_locks_when_nobody_was_there(
        self, watched: FieldtoolApp, clock: Clock, wall: Clock
    ) -> None:
        async with watched.run_test() as pilot:
            await unlock(pilot)
            await open_case(pilot, "B-4", 1)
            clock.now = wall.now = clock.now + 899
            assert not watched.locker.lock_if_idle()
            clock.now = wall.now = clock.now + 1
            assert watched.locker.lock_if_idle()
            await until_locked(pilot)
            assert blank(watched)

    @pytest.mark.parametrize("event", [events.Key("down", None), events.Paste("x")])
    async def test_keys_and_pastes_say_that_somebody_is_there(
        self, watched: FieldtoolApp, clock: Clock, wall: Clock, event: events.Event
    ) -> None:
        async with watched.run_test() as pilot:
            await unlock(pilot)
            clock.now = wall.now = clock.now + 899
            watched.post_message(event)
            await settled(pilot)
            clock.now = wall.now = clock.now + 899
            assert not watched.locker.lock_if_idle()

    async def test_the_mouse_says_so_too(self, watched: FieldtoolApp, clock: Clock, wall: Clock) -> None:
        async with watched.run_test() as pilot:
            await unlock(pilot)
            clock.now = wall.now = clock.now + 899
            watched.post_message(events.MouseMove(None, 3, 3, 0, 0, 0, False, False, False, 3, 3))
            await settled(pilot)
            clock.now = wall.now = clock.now + 899
            assert not watched.locker.lock_if_idle()

    @pytest.mark.parametrize(("elapsed", "told"), [(900, 900), (0, 3600), (10, 60)])
    async def test_a_key_that_comes_too_late_answers_nothing(
        self, watched: FieldtoolApp, clock: Clock, wall: Clock, elapsed: float, told: float
    ) -> None:
        async with watched.run_test() as pilot:
            await unlock(pilot)
            await open_case(pilot, "B-4", 1)
            before = watched.inspection.case("B-4")
            card(watched).stand_on(next(slot for slot in before.values if slot.item == "Qax"))
            clock.now, wall.now = clock.now + elapsed, wall.now + told
            for _ in range(3):
                watched.post_message(events.Key("x", "x"))
            await until_locked(pilot)
            await unlock(pilot)
            assert watched.inspection.case("B-4") == before

    def test_never(self, clock: Clock, wall: Clock) -> None:
        idle = Idle(0, clock, wall)
        clock.now = wall.now = clock.now + 1e6
        assert not idle.over
        wall.now += 1e6
        assert not idle.over

    def test_a_clock_that_is_set_back_or_a_little_forward_locks_nothing(
        self, clock: Clock, wall: Clock
    ) -> None:
        idle = Idle(15, clock, wall)
        for step in (-7200, 20, 29):
            wall.now += step
            assert not idle.over

    def test_waking_is_noticed_even_by_small_looks(self, clock: Clock, wall: Clock) -> None:
        idle = Idle(15, clock, wall)
        wall.now += 45
        assert idle.over
        clock.now, wall.now = clock.now + 5, wall.now + 5
        assert idle.over
        idle.touched()
        assert not idle.over


async def test_a_second_window_only_looks(app: FieldtoolApp, path: Path, tmp_path: Path) -> None:
    with Access(path, tmp_path / "state") as second:
        other = FieldtoolApp(None, None, access=second, who=lambda _: OTHER)
        async with other.run_test(size=(80, 24)) as pilot:
            await unlock(pilot)
            assert OPEN_ELSEWHERE in text(other)
            await open_case(pilot, "B-4", 1)
            assert OPEN_ELSEWHERE in looking.lines(other)[0]
            before = other.inspection.case("B-4")
            await press(pilot, "y", "N", "m", "a", "u")
            assert other.inspection.case("B-4") == before
            await press(pilot, "f2")
            assert OPEN_ELSEWHERE in looking.lines(other)[0]
            await lock(pilot)
            await unlock(pilot)
            assert OPEN_ELSEWHERE in looking.lines(other)[0]
        other.close()
    async with app.run_test() as pilot:
        await unlock(pilot)
        assert OPEN_ELSEWHERE not in text(app)
