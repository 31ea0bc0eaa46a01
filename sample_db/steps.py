"""What an inspector does in one case, step by step, with slips and second thoughts."""

from __future__ import annotations

from dataclasses import dataclass

from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
    Undone,
)
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.domain.method.framework import Applies, Framework, KeyQuestion
from sample_db.answers import Outcome
from sample_db.cases import SampledCase
from sample_db.dice import Dice
from sample_db.words import UNFINISHED_NOTE, Writer

SERVICE_FACTS = (
    "hub",
    "ldu",
    "officer",
    "officer_grade",
    "gender",
    "disposal",
    "rosh_service",
    "ethnicity",
    "disability",
)
"""The facts that come with the service's case list; the lead enters them."""


@dataclass(frozen=True)
class Step:
    """One thing that an inspector does, and how long after the one before."""

    seconds: int
    body: Body


@dataclass(frozen=True)
class Walk:
    """Writes down the steps of one inspector after another with the same dice and the same pen."""

    framework: Framework
    dice: Dice
    writer: Writer

    def whole(self, case: SampledCase, outcome: Outcome, slip: str | None = None) -> list[Step]:
        """A case from its first fact to its completion.

        Args:
            slip: a prompt that is answered wrongly, and not put right before the lead sends the case back.
        """
        steps = self._facts(case)
        early_note = self.dice.chance(30)
        noted = self.dice.chance(40)
        if noted and early_note:
            steps += self._text(NoteWritten(item="", text=self.writer.case_note(case)))
        for standard in self.framework.standards_for(case.sample):
            for question in standard.counted:
                if self.framework.applies(question.id, case.facts) is Applies.YES:
                    steps += self._question(case, question, outcome, slip)
        if noted and not early_note:
            steps += self._text(NoteWritten(item="", text=self.writer.case_note(case)))
        return [*steps, Step(self.dice.between(20, 60), CaseCompleted())]

    def unfinished(self, case: SampledCase) -> list[Step]:
        """Facts, and a note on why there is no more."""
        return [*self._facts(case), *self._text(NoteWritten(item="", text=UNFINISHED_NOTE))]

    def second_look(self, case: SampledCase, outcome: Outcome, slip: str) -> list[Step]:
        """Put right what the lead has sent a case back for."""
        answer = outcome.answers[slip]
        text = self.writer.note(case, slip, answer) or "Looked at again; answer changed."
        return [
            Step(self.dice.between(90, 240), AnswerGiven(prompt=slip, answer=answer)),
            *self._text(NoteWritten(item=slip, text=text)),
            Step(self.dice.between(30, 90), CaseCompleted()),
        ]

    def _facts(self, case: SampledCase) -> list[Step]:
        return [
            Step(self.dice.between(25, 70), FactSet(fact=fact.id, to=case.facts[fact.id]))
            for fact in self.framework.facts_for(case.sample)
            if fact.id not in SERVICE_FACTS
        ]

    def _question(
        self, case: SampledCase, question: KeyQuestion, outcome: Outcome, slip: str | None
    ) -> list[Step]:
        steps: list[Step] = []
        second_thoughts: list[Step] = []
        for prompt in question.prompts:
            answer = outcome.answers.get(prompt.id)
            if answer is None:
                continue
            if prompt.id == slip:
                steps.append(self._answer(prompt.id, _other(answer)))
                continue
            given, later = self._answering(prompt.id, answer)
            steps += given
            second_thoughts += later
            if self.dice.chance(12) and (text := self.writer.note(case, prompt.id, answer)):
                steps += self._text(NoteWritten(item=prompt.id, text=text))
        return [*steps, *second_thoughts, *self._judging(case, question, outcome)]

    def _judging(self, case: SampledCase, question: KeyQuestion, outcome: Outcome) -> list[Step]:
        judgement = outcome.judgements[question.id]
        steps = []
        if self.dice.chance(1):
            turned = Judgement.NO if judgement is Judgement.YES else Judgement.YES
            steps.append(self._judgement(question.id, turned))
        steps.append(self._judgement(question.id, judgement))
        if judgement is Judgement.NO or outcome.odd(question):
            text = self.writer.reason(case, question, outcome)
            steps += self._text(ReasonWritten(key_question=question.id, text=text))
        elif self.dice.chance(3) and (note := self.writer.question_note(case, question, outcome)):
            steps += self._text(NoteWritten(item=question.id, text=note))
        return steps

    def _answering(self, prompt: str, answer: Answer) -> tuple[list[Step], list[Step]]:
        """The steps of one answer, and those that come only when the key question is looked over."""
        right, wrong = self._answer(prompt, answer), self._answer(prompt, _other(answer))
        throw = self.dice.between(1, 1000)
        if throw <= 12:
            return [wrong, self._soon(right.body)], []
        if throw <= 17:
            back = Undone(undoes="", change=AnswerGiven(prompt=prompt, answer=None))
            return [wrong, self._soon(back), right], []
        if throw <= 20:
            back = Undone(undoes="", change=AnswerGiven(prompt=prompt, answer=answer))
            return [right, self._soon(wrong.body), self._soon(back)], []
        if throw <= 26:
            return [wrong], [right]
        return [right], []

    def _text(self, body: NoteWritten | ReasonWritten) -> list[Step]:
        """Writing, which now and then is done in two goes."""
        first, stop, rest = body.text.partition(". ")
        last = Step(self.dice.between(50, 200), body)
        # Thrown whatever the text is: another wording of a phrase must not shift everything after it.
        pause, in_two_goes = self.dice.between(40, 120), self.dice.chance(5)
        if rest and in_two_goes:
            begun = body.model_copy(update={"text": first + stop.strip()})
            return [Step(pause, begun), last]
        return [last]

    def _answer(self, prompt: str, answer: Answer) -> Step:
        return Step(self.dice.between(35, 180), AnswerGiven(prompt=prompt, answer=answer))

    def _judgement(self, question: str, judgement: Judgement) -> Step:
        return Step(self.dice.between(60, 200), JudgementMade(key_question=question, judgement=judgement))

    def _soon(self, body: Body) -> Step:
        return Step(self.dice.between(10, 40), body)


def _other(answer: Answer) -> Answer:
    return Answer.NO if answer is Answer.YES else Answer.YES
