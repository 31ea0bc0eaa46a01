"""Sending and taking from the screens: what is said before and after, while one works, and when something is wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from builders import inspections
from builders.inspections import LEAD, ME, OTHER, PASSPHRASE
from builders.shared_inspections import Team
from fieldtool.domain.kinds.assessment import AnswerGiven, NoteWritten
from fieldtool.domain.method.case import Answer
from fieldtool.domain.method.case_line import AtStake, Sent
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import local
from fieldtool.sync import news
from fieldtool.sync.event_store import SyncError
from fieldtool.sync.exchange import Step
from fieldtool.tui import exchanger
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.case.cases_screen import CasesScreen
from fieldtool.tui.case.conflicts_screen import ConflictsScreen
from fieldtool.tui.parts.bars import TitleBar
from fieldtool.tui.setup.unlock_screen import UnlockScreen
from fieldtool.tui.sync.sync_screen import AskPassword, SyncScreen
from fieldtool.work.access import Access
from tui.looking import Pilots, lines, open_case, press, settled, text

YES, NO = (AnswerGiven(prompt="Qax", answer=answer) for answer in (Answer.YES, Answer.NO))


def unwrapped(said: str) -> str:
    """A screen without the places where long words were folded, and without the mark of the cursor."""
    return "".join(said.replace("▌", "").split())


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


@pytest.fixture
def access(team: Team, tmp_path: Path) -> Iterator[Access]:
    with Access(team.files[ME], tmp_path / "state") as access:
        yield access


@pytest.fixture
def app(access: Access) -> Iterator[FieldtoolApp]:
    file = access.open()
    file.notice = ""
    app = FieldtoolApp(file, ME, access=access)
    yield app
    app.close()


async def done(pilot: Pilots, *names: str) -> None:
    """Wait until what goes on in threads is done."""
    app = pilot.app
    await settled(pilot)
    wanted = names or ("_look_there", "_synchronise")
    await app.workers.wait_for_complete([w for w in app.workers if w.name in wanted])
    await settled(pilot)


async def synced(pilot: Pilots, place: str) -> None:
    """Open the screen, name a place, send and take."""
    await settled(pilot)
    await press(pilot, "f3", "p", *place, "enter")
    await done(pilot)
    await press(pilot, "enter")
    await done(pilot)


async def test_a_day_over_a_stick(app: FieldtoolApp, team: Team) -> None:
    team.say(OTHER, "B-4", NO, NoteWritten(item="Qax", text="x"))
    team.say(LEAD, "B-2", NO)
    for person in (OTHER, LEAD):
        team.meet(person)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_case(pilot, "B-1", 1)
        await press(pilot, "y")
        assert "sent" not in lines(app)[0]
        await press(pilot, "f3")
        assert "none yet: p names a folder" in text(app)
        await press(pilot, "p", *str(team.stick), "enter")
        await done(pilot)
        assert "New here      1 entry" in text(app)
        await press(pilot, "enter")
        await done(pilot)
        said = text(app)
        assert "Everything that is on this laptop is there." in said
        assert "INS-02      B-4 2" in said
        assert "LEAD-1      B-2 1" in said
        assert f"to{team.stick}" in unwrapped(said)
        assert datetime.now().astimezone().strftime("sent %H:") in lines(app)[0]
        assert app.file.sent is not None
        await press(pilot, "enter")
        await done(pilot)
        assert "0 entries sent, 0 taken." in text(app)
        await press(pilot, "escape", "escape")
        assert "≠" not in text(app)
    team.meet(LEAD)
    with Database.open(team.files[LEAD]) as lead:
        assert lead.row("SELECT value FROM head WHERE subject = 'B-1' AND slot = 'answer:Qax'") == ("yes",)


async def test_what_comes_is_shown_where_one_works(app: FieldtoolApp, team: Team) -> None:
    team.say(OTHER, "B-1", AnswerGiven(prompt="Lax", answer=Answer.NO), NO)
    team.meet(OTHER)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        case = await open_case(pilot, "B-1", 1)
        await press(pilot, "home", "y")
        await press(pilot, "m", *"half a note")
        await press(pilot, "f3", "p", *str(team.stick), "enter")
        await done(pilot)
        await press(pilot, "enter", "escape")
        await done(pilot)
        assert app.screen_stack[-1] is case
        assert any("1 to settle: f4" in told.message for told in app._notifications)
        assert "half a note" in text(app)
        await press(pilot, "escape")
        assert "≠ Two people wrote here" in text(app)
        await press(pilot, "k")
        assert type(app.screen) is ConflictsScreen
        await press(pilot, "2", "escape")
        assert "≠" not in text(app)
        assert "half a note" in app.inspection.case("B-1").values.values()


async def test_conflicts_are_a_key_away(app: FieldtoolApp, team: Team) -> None:
    team.say(OTHER, "B-4", NO)
    team.say(ME, "B-4", YES)
    team.meet(OTHER)
    async with app.run_test(size=(100, 30)) as pilot:
        await synced(pilot, str(team.stick))
        assert "≠ 1 conflict to settle" in text(app)
        await press(pilot, "f4")
        assert "laptop" in text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, SyncScreen)


async def test_what_is_wrong_is_said_with_what_to_do(app: FieldtoolApp, team: Team) -> None:
    (team.stick / "holiday.age").write_text("not a bundle")
    async with app.run_test(size=(100, 30)) as pilot:
        await synced(pilot, str(team.stick / "nowhere"))
        assert "is not there: plug in the stick" in " ".join(text(app).split())
        assert "never" in text(app)
        await press(pilot, "p", *str(team.stick), "enter")
        await done(pilot)
        assert "is not there" not in text(app)
        await press(pilot, "enter")
        await done(pilot)
        assert "Set aside: holiday.age" in text(app)
        assert "Everything that is on this laptop is there." in text(app)


async def test_the_place_is_remembered_and_looked_at(app: FieldtoolApp, team: Team) -> None:
    team.meet(ME)
    team.say(OTHER, "B-4", NO)
    team.meet(OTHER)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "down")
        assert "sent" in lines(app)[0]
        await press(pilot, "f3")
        await done(pilot)
        assert f"Place{team.stick}" in unwrapped(text(app))
        there = next(line for line in lines(app) if "New there" in line)
        assert "records" in there
        assert app.inspection.case("B-4").answer("Qax") is not Answer.NO


async def test_nothing_is_shared_by_looking(app: FieldtoolApp, team: Team) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        before = app.file.database.row("SELECT count(*) FROM event")
        await press(pilot, "f3", "p", *str(team.stick), "enter")
        await done(pilot)
        assert app.file.database.row("SELECT count(*) FROM event") == before
        assert list(team.stick.iterdir()) == []


async def test_stopped_and_gone_on(app: FieldtoolApp, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.say(OTHER, "B-4", NO)
    team.meet(OTHER)
    stop_when(monkeypatch, lambda exchange: exchange.stop())
    async with app.run_test(size=(100, 30)) as pilot:
        await synced(pilot, str(team.stick))
        assert "Stopped: what was passed on by then is safe" in text(app)
        assert "never" in text(app)
        monkeypatch.undo()
        await press(pilot, "enter")
        await done(pilot)
        assert "Everything that is on this laptop is there." in text(app)
        assert app.inspection.case("B-4").answer("Qax") is Answer.NO


async def test_conflicts_that_came_before_a_stop_are_counted(
    app: FieldtoolApp, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.say(OTHER, "B-1", NO)
    team.meet(OTHER)

    def stop_once_it_sends(exchange: exchanger.Exchange) -> None:
        if exchange.step is not None and exchange.step.sending:
            exchange.stop()

    stop_when(monkeypatch, stop_once_it_sends)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_case(pilot, "B-1", 1)
        await press(pilot, "home", "y")
        await synced(pilot, str(team.stick))
        assert "Stopped: what was passed on by then is safe" in text(app)
        assert "1 conflict" in text(app)


async def test_the_key_stops_it(app: FieldtoolApp, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on = threading.Event()
    stop_when(monkeypatch, lambda _: gone_on.wait(10))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "f3", "p", *str(team.stick), "enter")
        await done(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert app.exchanger.exchange is not None
        await press(pilot, "enter", "p")  # greyed while it goes on
        assert isinstance(app.screen, SyncScreen)
        await press(pilot, "x")
        assert "Stopping" in text(app)
        gone_on.set()
        await done(pilot)
        assert "Stopped:" in text(app)


async def test_leaving_stops_it(app: FieldtoolApp, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on = threading.Event()
    stop_when(monkeypatch, lambda _: gone_on.wait(10))
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "f3", "p", *str(team.stick), "enter")
        await done(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        exchange = app.exchanger.exchange
        assert exchange is not None
    app.close()
    assert exchange.stopping
    gone_on.set()
    assert app.copy_at_last() == ""
    assert exchange._over.is_set()


async def test_work_goes_on_meanwhile(app: FieldtoolApp, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on = threading.Event()
    stop_when(monkeypatch, lambda _: gone_on.wait(10))
    async with app.run_test(size=(100, 30)) as pilot:
        await open_case(pilot, "B-1", 1)
        await press(pilot, "f3", "p", *str(team.stick), "enter")
        await done(pilot)
        await press(pilot, "enter", "escape")
        assert app.exchanger.exchange is not None
        await press(pilot, "home", "n")
        assert app.inspection.case("B-1").answer("Qax") is Answer.NO
        gone_on.set()
        await done(pilot)
        await press(pilot, "f3")
        await done(pilot)
        await press(pilot, "enter")
        await done(pilot)
        assert "Everything that is on this laptop is there." in text(app)
        rows = app.file.database.rows("SELECT seq FROM event WHERE device <> 'lead' ORDER BY device, seq")
        assert rows


async def test_locking_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on, stick = threading.Event(), tmp_path / "stick"
    stick.mkdir()
    path = inspections.locked(tmp_path / "locked.db", inspections.tiny)
    with Access(path, tmp_path / "state") as access:
        access.unlock(PASSPHRASE)
        app = FieldtoolApp(access.open(), LEAD, access=access)
        stop_when(monkeypatch, lambda _: gone_on.wait(10))
        async with app.run_test(size=(100, 30)) as pilot:
            await settled(pilot)
            await press(pilot, "f3", "p", *str(stick), "enter")
            await done(pilot)
            await press(pilot, "enter", "ctrl+l")
            await app_shows(pilot, UnlockScreen)
            exchange = app.exchanger.exchange
            assert exchange is not None
            assert exchange.stopping
            gone_on.set()
            await done(pilot)
            assert app.exchanger.exchange is None
            assert isinstance(app.screen, UnlockScreen)
            assert str(stick) not in unwrapped(text(app))
            access.unlock(PASSPHRASE)
            app.post_message(UnlockScreen.Unlocked(app.screen))
            await app_shows(pilot, CasesScreen)
            await press(pilot, "f3", "p", *str(stick), "enter")
            await done(pilot)
            await press(pilot, "enter")
            await done(pilot)
            assert "Everything that is on this laptop is there." in text(app)
        app.close()


def stop_when(monkeypatch: pytest.MonkeyPatch, at: Callable[[exchanger.Exchange], object]) -> None:
    """Do something whenever an exchange says how far it is."""
    progress = exchanger.Exchange.progress

    def watched(exchange: exchanger.Exchange, step: Step) -> None:
        at(exchange)
        progress(exchange, step)

    monkeypatch.setattr(exchanger.Exchange, "progress", watched)


@pytest.mark.parametrize(("typed", "said"), [("s3cret", "came in as s3cret"), (None, "wants a password")])
async def test_a_password_is_asked_for_and_not_shown(
    app: FieldtoolApp, monkeypatch: pytest.MonkeyPatch, typed: str | None, said: str
) -> None:
    def refuse(*given: object, **_: object) -> None:
        ask = given[-1]
        password = ask("ines@db:5432/work") if callable(ask) else None
        raise SyncError(f"It came in as {password}." if password else "It wants a password.")

    monkeypatch.setattr(news, "exchange_news", refuse)
    monkeypatch.setattr(news, "look", refuse)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "f3", "p", *"postgresql://ines@db/work", "enter")
        await done(pilot)
        assert "wants a password" in text(app)
        await press(pilot, "enter")
        await app_shows(pilot, AskPassword)
        assert "Password of ines@db:5432/work" in text(app)
        if typed:
            await press(pilot, *typed)
            assert typed not in text(app)
            await press(pilot, "f2")
            assert "[x] let the keyring" in text(app)
            await press(pilot, "enter")
        else:
            await press(pilot, "escape")
        await done(pilot)
        assert said in text(app)
        assert local(app.file.database, "sync_place") is None


async def app_shows(pilot: Pilots, screen: type) -> None:
    """Wait until a thread has brought a screen up."""
    while not isinstance(pilot.app.screen, screen):
        await settled(pilot)
    await settled(pilot)


async def test_who_only_looks_cannot(access: Access) -> None:
    app = FieldtoolApp(access.open(), None, access=access)
    app.file.why_read_only = "opened to look only"
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "f3", "enter", "p")
        assert isinstance(app.screen, SyncScreen)
        assert "only" in lines(app)[0]
    app.close()


# ---------------------------------------------------------------------- the first line


@pytest.mark.parametrize(
    ("width", "wall", "at_stake", "said"),
    [
        (80, 0, AtStake(0, copied=True, urgent=False), "saved 16:40:12 · 0 to lose · sent "),
        (80, 1, AtStake(0, copied=True, urgent=False), "0 to lose"),
        (120, 1, AtStake(0, copied=True, urgent=False), "0 to lose · not sent today"),
        (120, 0, AtStake(7, copied=True, urgent=False), "if this laptop dies now you lose 7 answers · sent "),
        (80, 0, AtStake(7, copied=True, urgent=True), "7 not copied"),
        (60, 0, AtStake(7, copied=True, urgent=True), "7 not copied"),
        (60, 0, None, "INS-04  saved 16:40:12"),
        (70, 0, None, "saved 16:40:12 · sent "),
        (80, None, None, "saved 16:40:12 · never sent"),
    ],
)
async def test_when_all_was_sent(width: int, wall: int | None, at_stake: AtStake | None, said: str) -> None:
    from textual.app import App, ComposeResult

    when = "" if wall is None else (datetime.now().astimezone() - timedelta(days=wall)).isoformat()

    class Bars(App[None]):
        def compose(self) -> ComposeResult:
            place = "CS-014 · Case supervision · North · INS-04"
            yield TitleBar(place, lambda: at_stake, "saved 16:40:12", lambda: Sent(when))

    async with Bars().run_test(size=(width, 3)) as pilot:
        line = next(strip.text for strip in pilot.app.screen._compositor.render_strips())
        assert said in line
        assert len(line.rstrip()) <= width
        assert line.startswith(" CS-014 · Ca")
