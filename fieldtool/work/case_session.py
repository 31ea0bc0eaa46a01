"""What one person has before them: a case, a page of it, the counts before and after the latest change."""

from __future__ import annotations

from collections.abc import Mapping

from fieldtool.domain.method.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.framework import Applies, Fact, KeyQuestion, Prompt
from fieldtool.domain.method.tally import Count
from fieldtool.domain.method.walk import (
    FACTS,
    Missing,
    next_missing,
    pages_of,
    reason_due,
    sits_oddly,
    unanswered,
)
from fieldtool.work.inspection import Inspection, Undone


class CaseSession:
    """Records what the person does with the case at hand, and remembers where they are.

    Whatever records raises StoreError or InspectionError, with nothing changed, when it was not saved.
    """

    def __init__(self, inspection: Inspection, ref: str) -> None:
        self.inspection = inspection
        self.framework = inspection.framework
        self.case = inspection.case(ref)
        self.pages = pages_of(self.framework, self.case.sample)
        self.page = FACTS
        self.counts: Mapping[str, Count] = inspection.counts()
        self.before = self.counts
        """The counts before the latest change on this page."""
        self.contested = inspection.contested(self.case)
        """What two people said without knowing of each other, as it was last looked up."""
        self.settled = False
        """Whether the latest change took the place of what two people had said."""

    @property
    def question(self) -> KeyQuestion | None:
        """The key question at hand; None on the page of the facts."""
        return self.framework.key_questions_by_id.get(self.page)

    @property
    def heading(self) -> str:
        """Which case this is, and why it cannot be changed if so."""
        case = self.case
        place = case.facts.get(self.framework.list_fact or "", "")
        parts = [case.ref, self.framework.sample_title(case.sample), place, case.holder or "nobody's"]
        # Why nothing can be written in the whole file is said elsewhere.
        why = "" if self.inspection.file.why_read_only else self.inspection.why_read_only(case)
        if why or case.state is CaseState.COMPLETE:
            parts.append(why or "complete")
        return " · ".join(part for part in parts if part)

    def turn_to(self, page: str) -> None:
        """Have another page before one; what was before the latest change no longer matters there."""
        if page != self.page:
            self.before = self.counts
        self.page = page

    @property
    def contested_pages(self) -> frozenset[str]:
        """The pages on which something is contested."""
        return frozenset(self.page_of(slot) for slot in self.contested)

    def take_in(self) -> None:
        """Read the case again after something came in from elsewhere, or was settled."""
        self.case = self.inspection.case(self.case.ref)
        self.before, self.counts = self.counts, self.inspection.counts()
        self.contested = self.inspection.contested(self.case)

    def page_beside(self, step: int) -> str | None:
        """The page so many places on, if there is one."""
        place = self.pages.index(self.page) + step
        return self.pages[place] if 0 <= place < len(self.pages) else None

    def page_of(self, slot: Slot) -> str:
        """The page on which a slot stands."""
        question = self.framework.key_question_of.get(slot.item)
        if question is not None:
            return question.id
        return slot.item if slot.item in self.framework.key_questions_by_id else FACTS

    def missing_behind(self, slot: Slot | None) -> Missing | None:
        """The next thing that the case still needs."""
        return next_missing(self.framework, self.case, slot)

    def choice(self, slot: Slot, answer: str) -> str | None:
        """The choice of a fact that an answer means, if the fact has it."""
        fact: Fact = self.framework.facts_by_id[slot.item]
        return answer if any(choice.id == answer for choice in fact.choices) else None

    def places(self, slot: Slot) -> range:
        """The numbers of the choices of a fact."""
        return range(1, len(self.framework.facts_by_id[slot.item].choices) + 1)

    def takes(self, action: str, slot: Slot, answer: str) -> bool:
        """Whether an answer or judgement means something here: it applies, or the fact has the choice."""
        if slot.aspect is Aspect.FACT:
            return self.choice(slot, answer) is not None
        if slot.aspect is Aspect.NOTE:
            return False
        item = slot.item if action == "answer" else self.page
        return self.framework.applies(item, self.case.facts) is not Applies.NO

    def offers(self, action: str, slot: Slot, value: object) -> bool:
        """Whether a key means something for a slot as the case stands now."""
        match action:
            case "answer" | "judge":
                return self.takes(action, slot, str(value))
            case "choose":
                return value in self.places(slot)
            case "reopen":
                return self.case.complete
            case "complete" | "next_missing":
                return not self.case.complete
            case "conflicts":
                return bool(self.contested)
        return True

    def unanswered(self, question: KeyQuestion) -> tuple[Prompt, ...]:
        """The prompts of a key question that apply and have no answer yet."""
        return unanswered(self.framework, self.case, question)

    def why_ask(self, question: KeyQuestion) -> str | None:
        """Say why a judgement wants a reason that is not there; None if it does not."""
        odd = sits_oddly(self.framework, self.case, question)
        if odd and not self.case.reason(question.id):
            return odd
        return "a no needs its reason" if reason_due(self.case, question.id) else None

    # Recording

    def answer(self, prompt: str, answer: Answer | None) -> None:
        """Answer a prompt, or take its answer back."""
        self._take(self.inspection.answer(self.case, prompt, answer), Slot(Aspect.ANSWER, prompt))

    def judge(self, key_question: str, judgement: Judgement | None) -> None:
        """Judge a key question, or take the judgement back."""
        case = self.inspection.judge(self.case, key_question, judgement)
        self._take(case, Slot(Aspect.JUDGEMENT, key_question))

    def set_fact(self, fact: str, value: str | None) -> None:
        """Record a fact, or take it back."""
        self._take(self.inspection.set_fact(self.case, fact, value), Slot(Aspect.FACT, fact))

    def clear(self, slot: Slot) -> None:
        """Take back what stands in a slot."""
        if slot.aspect is Aspect.FACT:
            self.set_fact(slot.item, None)
        elif slot.aspect is Aspect.ANSWER:
            self.answer(slot.item, None)
        elif slot.aspect is Aspect.JUDGEMENT:
            self.judge(slot.item, None)

    def keep_text(self, slot: Slot, text: str) -> None:
        """Keep a text that is being typed."""
        self.inspection.keep_text(self.case, slot, text)

    def write_text(self, slot: Slot, text: str) -> None:
        """Record a note or a reason."""
        case = self.inspection.write_text(self.case, slot, text)
        if case.values.get(slot) != self.case.values.get(slot):
            self.contested -= {slot}
        self.case = case

    def undo(self) -> Undone | None:
        """Take back the latest change to the case; None if there is none left."""
        undone = self.inspection.undo(self.case)
        if undone is not None:
            self._take(undone.case, undone.slot)
        return undone

    def complete(self) -> None:
        """Say that the case is done."""
        self._take(self.inspection.complete(self.case), Slot(Aspect.COMPLETION))

    def reopen(self, why: str) -> None:
        """Open the complete case again."""
        self._take(self.inspection.reopen(self.case, why), Slot(Aspect.COMPLETION))

    def _take(self, case: Case, slot: Slot) -> None:
        if case is not self.case:
            self.case = case
            # Whatever is recorded replaces all that was said there.
            self.settled = slot in self.contested
            self.contested -= {slot}
            self.before, self.counts = self.counts, self.inspection.counts()
