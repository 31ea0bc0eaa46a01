"""The signs of answers, judgements and marks, so that colour never carries a meaning alone."""

from __future__ import annotations

from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.domain.method.walk import Mark
from fieldtool.tui.parts.paint import DIM, MARK, NO, STRONG, WARN, YES

ANSWERS: dict[Answer | None, tuple[str, str]] = {
    Answer.YES: ("[Y]", YES),
    Answer.NO: ("[N]", NO),
    Answer.NOT_RELEVANT: ("[-]", DIM),
    None: ("[ ]", MARK),
}
"""The box of an answer, and its role."""

JUDGEMENTS: dict[Judgement | None, tuple[str, str]] = {
    Judgement.YES: ("[Y]", YES),
    Judgement.NO: ("[N]", NO),
    None: ("[ ]", MARK),
}
"""The box of a judgement, and its role."""

MARKS: dict[Mark, tuple[str, str, str]] = {
    Mark.DONE: ("✓", STRONG, "done"),
    Mark.WARNING: ("!", WARN, "done, but looks odd"),
    Mark.STARTED: ("…", MARK, "something missing"),
    Mark.MISSING: ("○", MARK, "not begun"),
    Mark.NOT_APPLICABLE: ("–", DIM, "does not apply"),
    Mark.QUALITATIVE: ("¶", DIM, "judged for the whole inspection"),
}
"""The sign of a mark, its role, and its words."""
