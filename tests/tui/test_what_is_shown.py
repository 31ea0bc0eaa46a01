"""Text from data is only shown: markup, commands for the terminal, wide characters, long wording, many rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from builders import inspections
from builders.cases import TINY
from builders.inspections import ME, Planned
from fieldtool.domain.kinds.assessment import NoteWritten, ReasonWritten
from fieldtool.domain.method.case_line import CaseLine, CaseState
from fieldtool.tui.app import FieldtoolApp
from fieldtool.tui.parts.case_list import AHEAD, CaseList
from fieldtool.tui.parts.paint import bar, fitted, harmless, scale, wrapped
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import lines, open_case, press, settled, text

MARKUP = "[red]x[/] [b [/nonsense] [@click=app.quit]q[/]"
COMMANDS = "a\x1b[31mb\x1b]0;title\x07c\x9bd\x00e\u202ef\x7f"
WIDE = "判断は記録に基づいて行われた" * 6
COMMANDING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e]")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """An inspection in which every text that a person may type tries to be more than text."""
    odd = Planned(
        "[red]R[/]", "branch", facts={"borough": MARKUP, "stock": "tools"}, note=f"{MARKUP} {COMMANDS}"
    )
    dark = Planned("C\x1b[31mC", "branch", facts={"borough": COMMANDS, "stock": "tools"}, note=WIDE)
    path = inspections.make(tmp_path / "hostile.db", TINY, [odd, dark], title=f"T {MARKUP[:9]}\x1b[2J")
    with InspectionFile.open(path, to_write=True) as file:
        inspection = FieldtoolApp(file, ME).inspection
        for ref in ("[red]R[/]", "C\x1b[31mC"):
            case = inspection.case(ref)
            for body in (
                NoteWritten(item="Qax", text=MARKUP),
                ReasonWritten(key_question="Qa", text=COMMANDS),
            ):
                case = inspection.write_text(case, body.slot, body.text)
    return path


@pytest.mark.parametrize("ref", ["[red]R[/]", "C\x1b[31mC"])
async def test_text_from_data_is_only_shown(hostile: Path, ref: str) -> None:
    seen = ""
    with InspectionFile.open(hostile, to_write=True) as file:
        app = FieldtoolApp(file, ME, notice=MARKUP)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settled(pilot)
            seen += text(app)
            assert "[red]R[/]" in text(app)
            await press(pilot, *"[red]", "escape", "f2")
            seen += text(app)
            await press(pilot, "escape")
            await open_case(pilot, ref)
            seen += text(app)
            for key, back in (("h", True), ("g", True), ("c", True), ("enter", True)):
                await press(pilot, key)
                await settled(pilot)
                seen += text(app)
                if back:
                    await press(pilot, "escape")
                    await settled(pilot)
            await open_case(pilot, ref, 1)
            seen += text(app)
            assert MARKUP in text(app)
            for key in ("h", "m"):
                await press(pilot, key)
                await settled(pilot)
                seen += text(app)
                await press(pilot, "escape")
            app.notify(f"{ref} {MARKUP}", markup=False)
            await settled(pilot)
            seen += text(app)
            assert app.return_code is None
    assert COMMANDING.search(seen.replace("\n", "")) is None


async def test_wide_characters_are_shown_to_the_last(hostile: Path) -> None:
    with InspectionFile.open(hostile, to_write=True) as file:
        app = FieldtoolApp(file, ME)
        async with app.run_test(size=(80, 24)) as pilot:
            await open_case(pilot, "C\x1b[31mC")
            await press(pilot, "end")
            note = "".join(re.findall("[ぁ-んァ-ヶ一-龯]+", text(app)))
            assert note == WIDE
            assert all(cell_len(line) <= 80 for line in lines(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_long_wording_is_wrapped_not_cut(crc: InspectionFile, size: tuple[int, int]) -> None:
    app = FieldtoolApp(crc, ME)
    async with app.run_test(size=size) as pilot:
        screen = await open_case(pilot, "CS-002", 1)
        page = screen.query_one("Card")
        seen = ""
        for _ in range(8):
            shown = lines(app)
            region = page.region
            part = [
                line.ljust(size[0])[region.x + 1 : region.right - 1]
                for line in shown[region.y : region.bottom]
            ]
            seen += " ".join(re.sub(r"[\d/%–.]+ *$", "", line).strip() for line in part) + " "
            await press(pilot, "down")
        words = " ".join(seen.split())
        for prompt in app.inspection.framework.key_questions_by_id["2.1.1"].prompts:
            assert [word for word in prompt.wording.split() if word not in words] == []


class Many(App[None]):
    """A list of ten thousand cases, and how many lines of it were asked for each time."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.refs = [f"CS-{place:05}" for place in range(number)]
        self.fetched: list[int] = []

    def compose(self) -> ComposeResult:
        yield CaseList(self.fetch, {"s": "Sample"})

    def fetch(self, refs: Sequence[str]) -> list[CaseLine]:
        self.fetched.append(len(refs))
        return [CaseLine(ref, "s", "Hub", "INS-01", CaseState.UNTOUCHED, 0, 10, "") for ref in refs]

    def on_mount(self) -> None:
        self.query_one(CaseList).show(self.refs)
        self.query_one(CaseList).focus()


async def keyed(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)


async def test_ten_thousand_cases_cost_what_can_be_seen() -> None:
    app = Many(10_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert sum(app.fetched) <= AHEAD
        await keyed(pilot, "end")
        assert app.query_one(CaseList).ref == "CS-09999"
        assert max(app.fetched) <= AHEAD
        assert sum(app.fetched) <= 3 * AHEAD
        await keyed(pilot, "home", *["pagedown"] * 6)
        assert max(app.fetched) <= AHEAD
        assert sum(app.fetched) <= 8 * AHEAD
        assert app.query_one(CaseList).cursor == 6 * 23


@pytest.mark.parametrize("width", [8, 9, 20, 79])
@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "plain words and more of them " * 5,
        WIDE,
        f"{WIDE} mixed {WIDE}",
        "x" * 200,
        "a\n\nb",
        "é" * 90,
    ],
)
def test_wrapped_lines_fit_and_lose_nothing(words: str, width: int) -> None:
    found = wrapped(words, width)
    assert found
    assert all(cell_len(line) <= width for line in found)
    assert "".join("".join(found).split()) == "".join(words.split())


@pytest.mark.parametrize("words", ["", "abc", WIDE, "ab\x1b[31m", "日本"])
@pytest.mark.parametrize("width", [0, 1, 2, 3, 10])
def test_fitted_text_has_exactly_its_width(words: str, width: int) -> None:
    assert cell_len(fitted(words, width)) == width


def test_harmless_text_commands_nothing() -> None:
    assert COMMANDING.search(harmless(COMMANDS)) is None
    assert harmless(MARKUP) == MARKUP


@pytest.mark.parametrize("percent", [None, 0, 1, 49, 50, 99, 100])
@pytest.mark.parametrize("width", [1, 5, 12, 20])
def test_bars_have_exactly_their_width(percent: int | None, width: int) -> None:
    assert len(bar(percent, width)) == width
    assert len(scale(percent, width, (50, 65, 80))) == width


def test_bars_are_full_at_a_hundred_and_empty_at_none() -> None:
    assert bar(100, 8) == "█" * 8
    assert "█" not in bar(0, 8) + bar(None, 8)
    assert set(scale(100, 10, (50,))) == {"█", "▓"}
