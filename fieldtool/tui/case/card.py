"""The page at hand: the facts of a case, or one key question with its prompts and its judgement."""

from __future__ import annotations

from collections.abc import Mapping

from textual.strip import Strip

from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Applies, Fact, Framework, KeyQuestion, Prompt
from fieldtool.domain.method.tally import Count
from fieldtool.domain.method.walk import FACTS, reason_due, sits_oddly
from fieldtool.domain.words.standings import why_not_asked
from fieldtool.tui.parts.marks import ANSWERS, JUDGEMENTS
from fieldtool.tui.parts.paint import (
    CONTESTED,
    DIM,
    HEADING,
    MARK,
    STRONG,
    WARN,
    Painted,
    Pieces,
    fitted,
    wrapped,
)
from fieldtool.tui.parts.rows import Blocks

RUNNING = 13
"""Cells for the running percentage beside a prompt."""


class Head(Painted):
    """The key question at hand, above its page: it stays in sight while the page is scrolled."""

    DEFAULT_CSS = """
    Head { split: top; height: 0; }
    """

    def __init__(self, framework: Framework) -> None:
        super().__init__()
        self._framework = framework
        self._told: tuple[tuple[str, str], ...] = ()
        self._lines: list[Pieces] = []

    def show(self, case: Case, page: str) -> None:
        """Show the key question of a page, and why it is not asked in this case; nothing above the facts."""
        question = self._framework.key_questions_by_id.get(page)
        told = []
        if question is not None:
            told.append((f"{question.id} {question.wording}", HEADING))
            why = why_not_asked(self._framework, question.id, case.facts)
            if why:
                told.append((why, WARN))
            elif question.qualitative:
                told.append(
                    ("Judged for the inspection as a whole: nothing is due here, notes are welcome.", DIM)
                )
        if tuple(told) != self._told:
            self._told = tuple(told)
            self._fit()

    def _fit(self) -> None:
        width, most = self.size.width or self.screen.size.width, max(self.screen.size.height // 5, 2)
        lines: list[Pieces] = [
            [(line, role)] for text, role in self._told for line in wrapped(text, max(width - 2, 10))
        ]
        if len(lines) > most:
            last, role = lines[most - 1][0]
            lines = [*lines[: most - 1], [(fitted(f"{last} …", max(width - 2, 10)), role)]]
        self._lines = lines
        self.styles.height = len(lines)
        self.refresh()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._fit()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        pieces = self._lines[y] if y < len(self._lines) else []
        return self.painted([(" ", ""), *pieces], self.size.width)


class Card(Blocks):
    """One page of a case. It shows; the screen answers the keys."""

    HELP = """
## The page of a key question

`y` yes, `n` no, `x` not relevant: each answers the prompt under the cursor and moves on.
`backspace` takes the answer back, `u` undoes the latest change.

The judgement is yours and is never computed: `Y` or `N` (with shift); you are asked first where prompts are unanswered.
A no needs its reason; one that sits oddly with its prompts is asked for one.

`tab` goes to the next thing missing, `left` and `right` to the previous and the next page.
Everything is on the disk when the first line says "saved".

## Signs

`[Y]` yes, `[N]` no, `[-]` not relevant, `[ ]` not answered yet, `[·]` does not apply here. `≠` two people said
different things: `k` settles it. In the outline: `✓` done, `!` done, but looks odd, `…` something is missing,
`○` not begun, `–` does not apply, `¶` judged for the inspection as a whole.

`escape` closes this help, `page down` reads on.
"""

    def __init__(self, framework: Framework) -> None:
        super().__init__(id="card")
        self._framework = framework
        self._case = Case(ref="", sample="")
        self._counts: Mapping[str, Count] = {}
        self._contested: frozenset[Slot] = frozenset()
        self._question: KeyQuestion | None = None
        self._slots: list[Slot | None] = []

    @property
    def slot(self) -> Slot | None:
        """What the cursor stands on."""
        return self._slots[self.cursor] if self._slots else None

    @property
    def row_count(self) -> int:
        """How many rows the page has."""
        return len(self._slots)

    def may_stop(self, row: int) -> bool:
        """Whether the row is something to answer or to write."""
        return self._slots[row] is not None

    def show(self, case: Case, page: str, counts: Mapping[str, Count], contested: frozenset[Slot]) -> None:
        """Show a page of a case; the cursor goes to the first thing missing on it."""
        self._case, self._counts, self._contested = case, counts, contested
        self._question = None if page == FACTS else self._framework.key_questions_by_id[page]
        self._slots = self._page_slots()
        self.renew(self._first_missing())

    def changed(self, case: Case, counts: Mapping[str, Count]) -> None:
        """Take up a change to what is under the cursor."""
        self._case, self._counts = case, counts
        self.lay_out_again(self.cursor)

    def reshow(self, case: Case, counts: Mapping[str, Count], contested: frozenset[Slot]) -> None:
        """Take up changes anywhere on the page, with the cursor where it is."""
        self._case, self._counts, self._contested = case, counts, contested
        self.renew()

    def stand_on(self, slot: Slot) -> None:
        """Put the cursor on a slot; that of a reason is its judgement's."""
        if slot.aspect is Aspect.REASON:
            slot = Slot(Aspect.JUDGEMENT, slot.item)
        if slot in self._slots:
            self.move_to(self._slots.index(slot))

    def move_to(self, row: int) -> None:
        """Put the cursor on a row; a fact shows its choices while the cursor is on it."""
        before = self.cursor
        super().move_to(row)
        if self._question is None and before != row:
            self.lay_out_again(before)
            self.lay_out_again(row)

    def move_on(self) -> None:
        """Put the cursor on the next row that there is something to do on."""
        row = self.next_stop(self.cursor, 1)
        while row is not None and not self._is_due(row):
            row = self.next_stop(row, 1)
        if row is not None:
            self.move_to(row)

    def block(self, row: int, width: int) -> list[Pieces]:
        """Lay out one row."""
        slot = self._slots[row]
        if slot is None:
            return self._heading()
        if slot.aspect is Aspect.FACT:
            fact = self._framework.facts_by_id[slot.item]
            return self._fact_lines(fact, width, here=row == self.cursor)
        if slot.aspect is Aspect.NOTE:
            return self._note_lines(slot, "Note on the case" if not slot.item else "Note", width)
        if slot.aspect is Aspect.JUDGEMENT:
            return self._judgement_lines(slot, width)
        return self._prompt_lines(self._framework.prompts_by_id[slot.item], slot, width)

    def _page_slots(self) -> list[Slot | None]:
        if self._question is None:
            facts = self._framework.facts_for(self._case.sample)
            return [None, *(Slot(Aspect.FACT, fact.id) for fact in facts), Slot(Aspect.NOTE)]
        if self._question.qualitative:
            return [None, Slot(Aspect.NOTE, self._question.id)]
        prompts = (Slot(Aspect.ANSWER, prompt.id) for prompt in self._question.prompts)
        return [None, *prompts, Slot(Aspect.JUDGEMENT, self._question.id)]

    def _first_missing(self) -> int:
        for row, slot in enumerate(self._slots):
            if (
                slot
                and slot.aspect is not Aspect.NOTE
                and slot not in self._case.values
                and self._is_due(row)
            ):
                return row
        return 1

    def _is_due(self, row: int) -> bool:
        slot = self._slots[row]
        if slot is None or slot.aspect not in (Aspect.ANSWER, Aspect.JUDGEMENT):
            return slot is not None
        return self._applies(slot.item) is not Applies.NO

    def _applies(self, item: str) -> Applies:
        return self._framework.applies(item, self._case.facts)

    def _heading(self) -> list[Pieces]:
        # Of a key question it stands above, where it stays while the page is scrolled.
        return [[("Facts of the case", HEADING)], []] if self._question is None else [[]]

    def _fact_lines(self, fact: Fact, width: int, *, here: bool) -> list[Pieces]:
        value = self._case.facts.get(fact.id)
        name = min(34, width // 2)
        shown = fact.label(value) if value is not None else ("missing" if fact.required else "not recorded")
        titles = wrapped(fact.title, name - 1)
        lines: list[Pieces] = [
            [(fitted(titles[0], name), ""), (fitted(shown, width - name), _fact_role(value))]
        ]
        lines += [[(fitted(title, name), "")] for title in titles[1:]]
        if here:
            if fact.choices:
                keys = "   ".join(f"{place} {choice.title}" for place, choice in enumerate(fact.choices, 1))
                lines += [[("  ", ""), (line, MARK)] for line in wrapped(keys, width - 2)]
            else:
                lines.append([("  ", ""), ("enter: write it", MARK)])
            lines += [[("  ", ""), (line, DIM)] for line in wrapped(fact.guidance, width - 2) if line]
        if Slot(Aspect.FACT, fact.id) in self._contested:
            lines += _indented(_TWO_SAID, width, WARN)
        return lines

    def _prompt_lines(self, prompt: Prompt, slot: Slot, width: int) -> list[Pieces]:
        answer = self._case.answer(prompt.id)
        out = self._applies(prompt.id) is Applies.NO
        box, role = ("[·]", DIM) if out and answer is None else ANSWERS[answer]
        letter = f" {prompt.id.rpartition('.')[2]} "
        room = width - len(box) - len(letter) - RUNNING
        text = wrapped(prompt.wording, room)
        plain = DIM if out else ""
        lines: list[Pieces] = [
            [
                (box, DIM if out else role),
                (letter, plain),
                (fitted(text[0], room), plain),
                (_running(self._counts.get(prompt.id)), DIM),
            ]
        ]
        lines += [[(" " * len(box + letter), ""), (line, plain)] for line in text[1:]]
        why = why_not_asked(self._framework, prompt.id, self._case.facts) if prompt.applies else ""
        if why:
            lines += [[("      ", ""), (line, WARN if out else DIM)] for line in wrapped(why, width - 6)]
        return lines + self._extras(slot, prompt.id, width)

    def _judgement_lines(self, slot: Slot, width: int) -> list[Pieces]:
        assert self._question is not None  # noqa: S101  # a judgement's row is on a key question's page
        question = self._question
        judgement = self._case.judgement(question.id)
        box, role = JUDGEMENTS[judgement]
        out = self._applies(question.id) is Applies.NO
        told = "Judgement" if judgement else "Judgement: Y yes, N no"
        lines: list[Pieces] = [
            [],
            [
                (box, DIM if out else role),
                (" ", ""),
                (fitted(told, width - 4 - RUNNING), DIM if out else STRONG),
                (_running(self._counts.get(question.id)), STRONG),
            ],
        ]
        odd = None if out else sits_oddly(self._framework, self._case, question)
        reason = self._case.reason(question.id)
        if reason:
            lines += _indented(f"Reason: {reason}", width, "")
        elif not out and reason_due(self._case, question.id):
            lines += _indented("A no needs its reason: press r.", width, WARN)
        elif odd:
            lines += _indented(f"! {odd.capitalize()}: press r to give the reason.", width, WARN)
        return lines + self._extras(slot, question.id, width)

    def _extras(self, slot: Slot, item: str, width: int) -> list[Pieces]:
        lines: list[Pieces] = []
        beside = {slot, Slot(Aspect.NOTE, item), Slot(Aspect.REASON, item)}
        if beside & self._contested:
            lines += _indented(_TWO_SAID, width, WARN)
        note = self._case.note(item)
        if note:
            lines += _indented(f"Note: {note}", width, DIM)
        return lines

    def _note_lines(self, slot: Slot, title: str, width: int) -> list[Pieces]:
        text = self._case.note(slot.item)
        two = _indented(_TWO_SAID, width, WARN) if slot in self._contested else []
        if not text:
            return [[], [(title, ""), ("  m: write one", DIM)], *two]
        return [[], [(title, STRONG)], *[[("  ", ""), (line, "")] for line in wrapped(text, width - 2)], *two]


_TWO_SAID = (
    f"{CONTESTED} Two people wrote here without knowing of each other, the later is shown: k settles it."
)


def _indented(text: str, width: int, role: str) -> list[Pieces]:
    return [[("      ", ""), (line, role)] for line in wrapped(text, width - 6)]


def _running(count: Count | None) -> str:
    if count is None or count.percent is None:
        return "–".rjust(RUNNING)
    return f"{count.percent}% {count.yes}/{count.judged}".rjust(RUNNING)


def _fact_role(value: str | None) -> str:
    return MARK if value is None else STRONG
