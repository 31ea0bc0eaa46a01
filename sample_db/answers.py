"""Who gets which answers and judgements: exact in every published figure, human in how they go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.domain.method.framework import Applies, Framework, KeyQuestion
from sample_db import figures
from sample_db.cases import SampledCase
from sample_db.dice import Dice

KEPT_ODD = 4
"""At most so many judgements of one key question sit oddly with their prompts."""

_GRADE_QUALITY = {"senior_case_manager": 0.35, "case_manager": -0.05, "other": 0.05}
_HUB_QUALITY = {"East": 0.2, "West": -0.15, "North": -0.05}

_RISK = {"domestic_abuse=yes": 0.7, "children=safeguarding": 0.6, "rosh_inspector=low": -1.0}
_AGENCIES = {"substance_misuse=yes": 0.8, "disability=yes": 0.4, "children=safeguarding": 0.3}
_FAMILY = {"children=contact": 0.4, "children=safeguarding": 0.8, "domestic_abuse=yes": 0.5}
_WAYWARD = {"wayward": 4.0}

_RELEVANCE: dict[str, dict[str, float]] = {
    "2.1.3.a": _RISK,
    "2.1.3.b": _RISK,
    "2.1.3.c": _RISK,
    "2.1.3.e": {"children=safeguarding": 2.0},
    "2.2.3.c": _AGENCIES,
    "2.3.1.e": _WAYWARD,
    "2.3.1.f": _WAYWARD,
    "2.3.1.g": _WAYWARD,
    "2.3.2.c": _AGENCIES,
    "2.3.2.d": _FAMILY,
    "2.3.2.f": _AGENCIES,
    "2.3.3.b": _RISK,
    "2.3.3.d": _FAMILY,
    "2.3.3.e": _FAMILY,
    "2.4.1.a": _WAYWARD,
    "2.4.1.b": _WAYWARD,
    "2.4.2.c": _AGENCIES,
    "2.4.3.b": _AGENCIES,
    "3.1.2.b": {"disability=yes": 1.0},
    "3.1.4.c": _WAYWARD,
    "3.1.4.d": _WAYWARD,
    "3.2.1.e": {"disability=yes": 1.0},
    "3.2.2.c": {"disability=yes": 1.0},
}
"""What makes a prompt matter in a case; where there is no entry, chance alone."""


@dataclass(frozen=True)
class Outcome:
    """What the inspector of a case answered and judged in the end."""

    answers: dict[str, Answer] = field(default_factory=dict)
    judgements: dict[str, Judgement] = field(default_factory=dict)

    def odd(self, question: KeyQuestion) -> bool:
        """Whether the judgement of a key question sits oddly with its prompts."""
        answers = [self.answers.get(prompt.id) for prompt in question.prompts]
        yes, no = answers.count(Answer.YES), answers.count(Answer.NO)
        if self.judgements[question.id] is Judgement.YES:
            return no > yes
        return yes > 0 and no == 0

    def lead(self, question: KeyQuestion) -> int:
        """How many more prompts were answered yes than no."""
        answers = [self.answers.get(prompt.id) for prompt in question.prompts]
        return answers.count(Answer.YES) - answers.count(Answer.NO)


def outcomes(framework: Framework, cases: Sequence[SampledCase]) -> dict[str, Outcome]:
    """What every finished case came to, by its reference."""
    dice = Dice(20_200_302)
    finished = [case for case in cases if case.ref != figures.UNFINISHED]
    found = {case.ref: Outcome() for case in finished}
    quality = {case.ref: _quality(dice, case) for case in finished}
    wayward = {case.ref: dice.bell() - quality[case.ref] / 3 for case in finished}
    for standard in framework.standards:
        here = {ref: quality[ref] + 0.8 * dice.bell() for ref in found}
        for question in standard.counted:
            members = [
                case
                for case in finished
                if case.sample == standard.sample
                and framework.applies(question.id, case.facts) is Applies.YES
            ]
            _settle(framework, dice, question, members, here, wayward, found)
    return found


def _quality(dice: Dice, case: SampledCase) -> float:
    grade, hub = case.facts["officer_grade"], case.facts["hub"]
    return dice.bell() + _GRADE_QUALITY[grade] + _HUB_QUALITY[hub]


def _settle(
    framework: Framework,
    dice: Dice,
    question: KeyQuestion,
    members: Sequence[SampledCase],
    quality: Mapping[str, float],
    wayward: Mapping[str, float],
    found: Mapping[str, Outcome],
) -> None:
    """Judge one key question and answer its prompts in the cases to which it applies."""
    merit = {case.ref: quality[case.ref] + 0.6 * dice.bell() for case in members}
    yes = _best(question.id, members, merit, figures.KEY_QUESTIONS[question.id].yes)
    for case in members:
        judgement = Judgement.YES if case.ref in yes else Judgement.NO
        found[case.ref].judgements[question.id] = judgement
    for prompt in question.prompts:
        concerned = [case for case in members if framework.applies(prompt.id, case.facts) is Applies.YES]
        target = figures.PROMPTS[prompt.id]
        pull = {
            case.ref: _pull(dice, prompt.id, case, wayward[case.ref])
            + (3.0 if _nothing_yet(question, found[case.ref]) else 0.0)
            for case in concerned
        }
        relevant = sorted(concerned, key=lambda case: -pull[case.ref])[: target.of]
        shown = {
            case.ref: merit[case.ref] + 1.5 * dice.bell() + (0.4 if case.ref in yes else 0.0)
            for case in relevant
        }
        good = _best(prompt.id, relevant, shown, target.yes)
        for case in concerned:
            answer = Answer.YES if case.ref in good else Answer.NO
            found[case.ref].answers[prompt.id] = answer if case in relevant else Answer.NOT_RELEVANT
    _mend(dice, question, members, found)


def _nothing_yet(question: KeyQuestion, outcome: Outcome) -> bool:
    """Whether all prompts so far were not relevant: a judgement needs something to rest on."""
    answers = [outcome.answers[prompt.id] for prompt in question.prompts if prompt.id in outcome.answers]
    return bool(answers) and all(answer is Answer.NOT_RELEVANT for answer in answers)


def _pull(dice: Dice, prompt: str, case: SampledCase, wayward: float) -> float:
    """How much a prompt matters in a case."""
    weights = _RELEVANCE.get(prompt, {})
    pull = weights.get("wayward", 0.0) * wayward + dice.bell()
    for fact, value in case.facts.items():
        pull += weights.get(f"{fact}={value}", 0.0)
    return pull


def _best(item: str, cases: Sequence[SampledCase], merit: Mapping[str, float], count: int) -> frozenset[str]:
    """The best cases, so many in all or, where parts of the sample were published, so many of each part."""
    order = sorted(cases, key=lambda case: -merit[case.ref])
    if item not in figures.SUBGROUPS:
        return frozenset(case.ref for case in order[:count])
    fact, targets = figures.SUBGROUPS[item]
    return frozenset(
        case.ref
        for value, target in targets.items()
        for case in [case for case in order if case.facts[fact] == value][: target.yes]
    )


def _mend(
    dice: Dice, question: KeyQuestion, members: Sequence[SampledCase], found: Mapping[str, Outcome]
) -> None:
    """Swap answers between cases until only a few judgements sit oddly; no count changes by a swap."""
    order = dice.shuffled(members)
    odd = [case for case in order if found[case.ref].odd(question)]
    plausible = [case for case in odd if found[case.ref].lead(question) in (-1, -2, 1, 2, 3)]
    kept = {case.ref for case in plausible[:KEPT_ODD]}
    for case in odd:
        while case.ref not in kept and found[case.ref].odd(question):
            _swap(dice, question, case, order, found)


def _swap(
    dice: Dice,
    question: KeyQuestion,
    case: SampledCase,
    others: Sequence[SampledCase],
    found: Mapping[str, Outcome],
) -> None:
    """Turn one answer of an odd case round, and the same answer of a case that can bear it the other way."""
    outcome = found[case.ref]
    needed = Answer.YES if outcome.judgements[question.id] is Judgement.YES else Answer.NO
    present = Answer.NO if needed is Answer.YES else Answer.YES
    prompts = [p.id for p in question.prompts if outcome.answers.get(p.id) is present]
    for prompt in dice.shuffled(prompts):
        for other in others:
            giver = found[other.ref]
            if giver.answers.get(prompt) is not needed or not _same_part(prompt, case, other):
                continue
            if giver.judgements[question.id] is outcome.judgements[question.id] and not (
                needed is Answer.YES and giver.lead(question) >= 2
            ):
                continue
            outcome.answers[prompt], giver.answers[prompt] = needed, present
            return
    raise ValueError(f"{case.ref}: no other case can take an answer to {question.id}")


def _same_part(item: str, case: SampledCase, other: SampledCase) -> bool:
    if item not in figures.SUBGROUPS:
        return True
    fact, _ = figures.SUBGROUPS[item]
    return case.facts[fact] == other.facts[fact]
