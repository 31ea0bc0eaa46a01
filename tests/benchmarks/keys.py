"""From the key that answers a prompt to the repainted screen, with the answer durable in between."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.figures import Figure, paired
from benchmarks.ground import SAMPLE, SAMPLE_SIZE, Ground, ref_of, untouched
from benchmarks.window import Window

AIM = 2.0
SIZES = ((120, 40), (80, 24))


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Answer every prompt of some cases, the smallest app answering once between any two of them."""
    for columns, rows in SIZES:
        seen: list[float] = []
        last: list[float] = []
        floor: list[float] = []
        with (
            Window(ground.ours(ground.inspection(SAMPLE_SIZE)), ground.folder, columns, rows) as ours,
            Window(
                ground.floor(ground.folder / f"floor_{columns}.db"), ground.folder, columns, rows
            ) as theirs,
        ):
            for window in (ours, theirs):
                window.settle(1)
                window.shown()
            for number in range(max(1, rounds // 5)):
                _open(ours, ref_of(untouched(number)))
                for box, changed in _answers(ground, ours):
                    seen.append(box)
                    last.append(changed)
                    wanted = f"ready {len(floor) + 1}"
                    floor.append(theirs.timed("y", partial(_contains, wanted))[0])
                ours.press("\x1b")
                ours.settle(0.4)
        size = f"{columns}x{rows}"
        yield paired(f"key to durable answer on the screen, {size}", seen, floor, "ms", AIM)
        yield paired(f"the same until nothing changes any more, {size}", last, floor, "ms")


def _contains(part: str, text: str) -> bool:
    return part in text


def _open(window: Window, ref: str) -> None:
    window.press("\x1b")
    window.settle(0.3)
    window.press(ref)
    window.settle(0.3)
    window.press("\r")
    window.settle(0.5)
    window.shown(lambda text: "[ ] a " in text)


def _answers(ground: Ground, window: Window) -> Iterator[tuple[float, float]]:
    """Walk through a case as an inspector does: answer all prompts of a page, then judge, which turns it."""
    questions = [q for standard in ground.framework.standards_for(SAMPLE) for q in standard.key_questions]
    for question in questions:
        for prompt in question.prompts:
            box = f"[Y] {prompt.id.rpartition('.')[2]} "
            yield window.timed("y", partial(_contains, box))
        window.press("Y")
        window.settle(0.1)
        window.shown()
