"""`fieldtool walk`: a case item after item in plain lines, for a screen reader, a pipe or a terminal that is dumb.

It records by the same service as the screens, with the same rules; each line says what is saved once it is on the disk.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import say
from fieldtool.cli.session import as_option, path_argument, working_in
from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.words.nearest import QUOTED, did_you_mean
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.domain.method.case import Slot
    from fieldtool.domain.method.framework import Fact, KeyQuestion
    from fieldtool.work.case_session import CaseSession
    from fieldtool.work.inspection import Inspection

HELP = (
    "y yes, n no, x not relevant: answer the prompt, or judge the key question, that was read out.",
    "1 to 9: the choice of a case fact.  text WORDS: a case fact in words.",
    "note WORDS: a note on what was read out.  reason WORDS: the reason for a judgement.  clear: take back.",
    "An empty line or next: to the next thing missing.  back, forward: one place.  2.1.3 or a fact: go there.",
    "missing: what the case still needs.  undo: take back the latest change.  again: read it out again.",
    "guidance, history: of what was read out.  standing: the percentages and the rating so far.",
    "complete: say that the case is done.  reopen WORDS: open it again, and why.  quit: leave; all is saved.",
)


@click.command(short_help="Walk through a case in plain lines.")
@path_argument
@click.argument("ref", required=False)
@as_option
def walk(path: Path, ref: str | None, person: str | None) -> None:
    """Walk through the case REF of the inspection PATH in plain lines: what is asked, on record, and saved.

    For a screen reader, a pipe, or a terminal that can do no more. Without REF, through the first case of yours that
    is not complete. Type help to hear what can be typed; quit, or the end of the input, leaves: all is saved.

    \b
    Examples:
      fieldtool walk hiow.db CS-014
      fieldtool walk hiow.db --as INS-04
    """
    from fieldtool.work.case_session import CaseSession

    with working_in(path, person) as inspection:
        session = CaseSession(inspection, ref or _next_of_mine(inspection))
        Walk(session).go()


def _next_of_mine(inspection: Inspection) -> str:
    from fieldtool.domain.method.case_line import CaseFilter, CaseState

    refs = inspection.file.refs(CaseFilter(holder=inspection.person or "", begun_first=True))
    mine = (line.ref for line in inspection.file.lines(refs) if line.state is not CaseState.COMPLETE)
    ref = next(mine, None)
    if ref is None:
        raise Refused("You have no case that is not complete: name one, as `fieldtool walk PATH REF`.")
    return ref


class Walk:
    """One walk through a case."""

    def __init__(self, session: CaseSession) -> None:
        from fieldtool.domain.method.case import Aspect, Slot

        self._session = session
        self._framework = session.framework
        first = session.missing_behind(None)
        self._slot = first.slot if first else Slot(Aspect.NOTE)
        self._page: str | None = None
        self._words: dict[str, Callable[[str], bool]] = {
            "": self._next, "next": self._next, "back": self._back, "b": self._back, "forward": self._forward,
            "help": self._help, "?": self._help, "again": self._again, "missing": self._missing, "undo": self._undo,
            "u": self._undo, "note": self._note, "m": self._note, "reason": self._reason, "r": self._reason,
            "text": self._text, "clear": self._clear, "guidance": self._guidance, "history": self._history,
            "standing": self._standing, "complete": self._complete, "reopen": self._reopen,
        }  # fmt: skip

    def go(self) -> None:
        """Read out, take a line, and so on until somebody quits or the input ends."""
        done, due = self._progress
        say(
            [f"{self._session.heading}.", f"{done} of {due} items done. Type help to hear what can be typed."]
        )
        self._read_out()
        while (line := self._typed()) is not None and line.casefold() not in {"quit", "q"}:
            try:
                if self._do(line):
                    self._read_out()
            except FieldtoolError as error:
                say([f"Not saved: {error}"])
        say(["Left; all is saved."])

    @property
    def _progress(self) -> tuple[int, int]:
        from fieldtool.domain.method.walk import progress

        return progress(self._framework, self._session.case)

    def _typed(self) -> str | None:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        return line.strip() if line else None

    def _do(self, line: str) -> bool:
        """Do what a line says; whether what is at hand then has to be read out."""
        word, _, rest = line.partition(" ")
        deed = self._words.get(word.casefold())
        if deed is not None:
            return deed(rest.strip())
        answer = _ANSWERS.get(line.casefold())
        if answer is not None:
            return self._answered(answer)
        if line.isdecimal() and self._fact is not None:
            return self._chosen(int(line))
        return self._jumped(line)

    # ------------------------------------------------------------------ reading out

    def _read_out(self) -> None:
        page = self._session.page_of(self._slot)
        lines = [*self._heading(page)] if page != self._page else []
        self._page = page
        self._session.turn_to(page)
        say([*lines, *self._item()])

    def _heading(self, page: str) -> Iterator[str]:
        yield ""
        question = self._framework.key_questions_by_id.get(page)
        if question is None:
            yield "Case facts."
        else:
            standard = self._framework.standard_of[question.id]
            yield f"Key question {question.id} of {standard.title}: {question.wording}"

    def _item(self) -> Iterator[str]:
        from fieldtool.domain.method.case import Aspect
        from fieldtool.domain.words.standings import why_not_asked

        slot = self._slot
        if slot.aspect is Aspect.FACT and self._fact is not None:
            yield from self._fact_lines(self._fact)
        elif slot.aspect is Aspect.ANSWER:
            yield f"{slot.item}: {self._framework.prompts_by_id[slot.item].wording}"
        elif slot.aspect is Aspect.JUDGEMENT:
            yield f"Your judgement of {slot.item}, y or n."
        elif slot.aspect is Aspect.REASON:
            yield f"The reason for your judgement of {slot.item}: type reason, and the words."
        else:
            yield "The case as a whole: note, and words, writes a note on it; complete says that it is done."
        yield from filter(None, [why_not_asked(self._framework, slot.item, self._session.case.facts)])
        yield self._on_record(slot)
        if slot in self._session.contested:
            yield "Two people said different things here; `fieldtool conflicts` tells."

    def _fact_lines(self, fact: Fact) -> Iterator[str]:
        yield f"{fact.title}{'' if fact.required else ', need not be'}."
        if fact.kind == "text":
            yield "Type text, and the words."
        for place, choice in enumerate(fact.choices, 1):
            yield f"  {place} {choice.title}"

    def _on_record(self, slot: Slot) -> str:
        from fieldtool.domain.words.slots import quoted_value

        value = self._session.case.values.get(slot)
        return (
            f"On record: {quoted_value(self._framework, slot, value)}." if value else "Nothing on record yet."
        )

    @property
    def _fact(self) -> Fact | None:
        from fieldtool.domain.method.case import Aspect

        return self._framework.facts_by_id.get(self._slot.item) if self._slot.aspect is Aspect.FACT else None

    @property
    def _question(self) -> KeyQuestion | None:
        return self._framework.key_questions_by_id.get(self._session.page_of(self._slot))

    # ------------------------------------------------------------------ recording

    def _answered(self, answer: str) -> bool:
        from fieldtool.domain.method.case import Answer, Aspect, Judgement

        slot, session = self._slot, self._session
        if slot.aspect is Aspect.ANSWER:
            session.answer(slot.item, Answer(answer))
        elif slot.aspect is Aspect.JUDGEMENT and answer in set(Judgement):
            session.judge(slot.item, Judgement(answer))
        elif slot.aspect is Aspect.FACT and session.choice(slot, answer):
            session.set_fact(slot.item, answer)
        else:
            say(["That is no answer here: nothing was changed. Type again to hear what is asked."])
            return False
        return self._saved(slot)

    def _chosen(self, place: int) -> bool:
        fact = self._fact
        if fact is None or not 0 < place <= len(fact.choices):
            say(["There is no such choice: nothing was changed. Type again to hear the choices."])
            return False
        self._session.set_fact(fact.id, fact.choices[place - 1].id)
        return self._saved(self._slot)

    def _text(self, words: str) -> bool:
        fact = self._fact
        if fact is None or fact.kind != "text" or not words:
            say(["Words are for a case fact that has no choices: nothing was changed."])
            return False
        self._session.set_fact(fact.id, words)
        return self._saved(self._slot)

    def _saved(self, slot: Slot) -> bool:
        from fieldtool.work.slot_words import saved_in_words

        say(saved_in_words(self._session, slot))
        question = self._question
        why = self._session.why_ask(question) if question and slot.aspect.value == "judgement" else None
        if why:
            from fieldtool.domain.method.case import Aspect, Slot

            say([f"A reason is due: {why}."])
            self._slot = Slot(Aspect.REASON, slot.item)
            return True
        return self._next("")

    def _note(self, words: str) -> bool:
        from fieldtool.domain.method.case import Aspect, Slot

        of_case = self._slot.aspect in (Aspect.FACT, Aspect.NOTE)
        return self._written(Slot(Aspect.NOTE, "" if of_case else self._slot.item), words)

    def _reason(self, words: str) -> bool:
        from fieldtool.domain.method.case import Aspect, Slot

        question = self._question
        if question is None:
            say(["A reason is for the judgement of a key question: nothing was changed."])
            return False
        written = self._written(Slot(Aspect.REASON, question.id), words)
        return self._next("") if words and self._slot.aspect is Aspect.REASON else written

    def _written(self, slot: Slot, words: str) -> bool:
        from fieldtool.domain.words.slots import name_of

        if not words:
            say(
                [
                    f"{name_of(self._framework, slot)}. {self._on_record(slot)} Type the words after it to write it."
                ]
            )
            return False
        self._session.write_text(slot, words)
        say([f"Saved: {name_of(self._framework, slot)}."])
        return False

    def _clear(self, _: str) -> bool:
        self._session.clear(self._slot)
        from fieldtool.work.slot_words import saved_in_words

        say(saved_in_words(self._session, self._slot))
        return False

    def _undo(self, _: str) -> bool:
        from fieldtool.domain.words.slots import name_of

        undone = self._session.undo()
        if undone is None:
            say(["There is nothing left to undo."])
            return False
        say([f"Undone and saved: {name_of(self._framework, undone.slot)}."])
        self._slot = undone.slot
        return True

    def _complete(self, _: str) -> bool:
        if self._session.missing_behind(None):
            return self._missing("")
        self._session.complete()
        say(["Saved: the case is complete."])
        return False

    def _reopen(self, words: str) -> bool:
        if not words:
            say(["Say why it is opened again, as reopen A letter came."])
            return False
        self._session.reopen(words)
        say(["Saved: the case is open again."])
        return True

    # ------------------------------------------------------------------ moving, and looking

    def _next(self, _: str) -> bool:
        missing = self._session.missing_behind(self._slot)
        if missing is None:
            say(["Nothing is missing: complete says that the case is done, if it was not yet."])
            return False
        self._slot = missing.slot
        return True

    def _beside(self, step: int) -> bool:
        from fieldtool.domain.method.walk import walk_order

        order = [*walk_order(self._framework, self._session.case.sample)]
        place = (order.index(self._slot) if self._slot in order else -1) + step
        if not 0 <= place < len(order):
            say(["There is nothing further that way."])
            return False
        self._slot = order[place]
        return True

    def _back(self, _: str) -> bool:
        return self._beside(-1)

    def _forward(self, _: str) -> bool:
        return self._beside(1)

    def _jumped(self, named: str) -> bool:
        from fieldtool.domain.method.tally import item_slot
        from fieldtool.domain.method.walk import walk_order

        places: dict[str, Slot] = {}
        for slot in walk_order(self._framework, self._session.case.sample):
            places.setdefault(slot.item.casefold(), slot)
            fact = self._framework.facts_by_id.get(slot.item)
            if fact is not None:
                places.setdefault(fact.title.casefold(), slot)
        meant = places.get(named.casefold().removeprefix("jump "))
        if meant is None:
            otherwise = "type help to hear what can be typed."
            advice = did_you_mean(named, [*self._words, *places], otherwise, mark=QUOTED)
            say([f'Nothing is called "{named}": {advice}'])
            return False
        question = self._framework.key_questions_by_id.get(meant.item)
        self._slot = item_slot(self._framework, question.id) if question else meant
        return True

    def _again(self, _: str) -> bool:
        self._page = None
        return True

    def _help(self, _: str) -> bool:
        say(HELP)
        return False

    def _missing(self, _: str) -> bool:
        from fieldtool.domain.method.walk import missing

        lacking = missing(self._framework, self._session.case)
        say(
            [
                f"{counted(len(lacking), 'thing')} missing{':' if lacking else '.'}",
                *(each.what for each in lacking),
            ]
        )
        return False

    def _guidance(self, _: str) -> bool:
        from fieldtool.work.slot_words import guidance_of

        session = self._session
        _title, text = guidance_of(self._framework, session.case, session.page_of(self._slot), self._slot)
        say(text.splitlines())
        return False

    def _history(self, _: str) -> bool:
        from fieldtool.work.slot_words import history_of

        title, text = history_of(self._session.inspection, self._session.case, self._slot)
        say([title, *text.splitlines()])
        return False

    def _standing(self, _: str) -> bool:
        from fieldtool.domain.words.standings import standard_in_words
        from fieldtool.work.slot_words import standing_lines

        question = self._question
        if question is None:
            say(["Facts decide which questions apply; no percentage is shown for them."])
        else:
            say(
                [
                    *standing_lines(self._session, self._slot),
                    standard_in_words(self._framework, question.id, self._session.counts),
                ]
            )
        return False


_ANSWERS = {
    "y": "yes", "yes": "yes", "n": "no", "no": "no", "x": "not_relevant", "not relevant": "not_relevant",
}  # fmt: skip
