"""The sample inspection as a list of deeds: who did what, about which case, at what moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from fieldtool.domain.kinds.assessment import CaseReopened, Undone
from fieldtool.domain.kinds.inspection import StandardLeftUnrated
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.domain.log.events import EventId
from fieldtool.domain.method.case import Answer
from fieldtool.domain.method.framework import Framework
from fieldtool.frameworks.loader import load
from sample_db import agenda, figures
from sample_db.answers import Outcome, outcomes
from sample_db.cases import SampledCase, sampled_cases
from sample_db.dice import Dice
from sample_db.hours import FIELDWORK_TO, WORTH_STARTING, Hours, at, sittings
from sample_db.opening import LEAD, OPENING, compared, opened
from sample_db.steps import Step, Walk
from sample_db.words import Writer

PATTERNS = {
    "INS-01": "AMF-AAMFAM",
    "INS-02": "MAM-FMAFAM",
    "INS-03": "FMAF-FAFAM",
    "INS-04": "A-FM-AAFAM",
    "INS-05": "MAMF-MAFMM",
    "INS-06": "--MA-FAFFM",
    "INS-07": "M-F-FA-FFM",
    "INS-08": "M-AFM-FFFM",
    "INS-09": "M-AAFFMF-M",
}
"""On which days of the fieldwork each inspector sits over cases; the letters are those of `sittings`."""

SENT_BACK = {"INS-02": 3, "INS-06": 12}
"""Which case of whose queue, counting from nought, the lead sends back."""

PASSED_ON = {
    "INS-05": ("INS-08", at(date(2020, 3, 9), 12, 4)),
    "INS-09": ("INS-03", at(date(2020, 3, 10), 16, 41)),
}
"""Who takes the last case of their queue over from whom, and when."""

FIRST_HANDED_OUT = at(date(2020, 2, 28), 14, 2)
NEXT_HANDED_OUT = at(date(2020, 3, 6), 13, 34)
CANCELLED = at(date(2020, 3, 13), 14, 38)
UNFINISHED_BEGUN = at(date(2020, 3, 13), 15, 12)
THIRD_WEEK = "the third week of fieldwork was cancelled"

SEED = 20_200_306

OTHER_SEEDS = {"INS-04": 104, "INS-07": 100}
"""Chosen so that both are in the middle of a case when the demonstration opens, INS-04 half way."""

_MINUTES = {"case_supervision": (74, 150), "unpaid_work": (30, 45), "through_the_gate": (30, 45)}
_READING = {"case_supervision": (20, 45), "unpaid_work": (8, 20), "through_the_gate": (8, 20)}
"""Minutes with the file and the officer before the first answer."""

_LEAST_SECONDS = 6


@dataclass(frozen=True)
class Deed:
    """One thing done: when, by whom, about which case (empty for the inspection itself), and what."""

    wall: datetime
    actor: str
    subject: str
    body: Body


@dataclass(frozen=True)
class _Job:
    """Work on one case without another in between."""

    ref: str
    reading: int
    """Seconds before the first step."""
    steps: Sequence[Step]
    sent_back_for: str = ""
    """The prompt that the lead wants looked at again; empty for the first walk through a case."""


def deeds() -> list[Deed]:
    """Everything that happened in the sample inspection, in order of time."""
    framework = load("crc_2019")
    cases = sampled_cases()
    settled = outcomes(framework, cases)
    dice = Dice(SEED)
    writer = Writer(cases)
    queues = _queues(dice, cases)
    found = [
        Deed(wall, LEAD, ref, body) for wall, ref, body in opened(framework, list(PATTERNS), cases, dice)
    ]
    found += [Deed(wall, LEAD, "", body) for wall, body in compared()]
    found += [
        Deed(wall, who, "", body) for wall, who, body in (*agenda.planned(LEAD), *agenda.attended(framework))
    ]
    begun: dict[str, datetime] = {}
    for number, (inspector, queue) in enumerate(queues.items()):
        own = Dice(SEED + OTHER_SEEDS.get(inspector, number))
        jobs = _jobs(Walk(framework, own, writer), own, inspector, queue, settled)
        done = list(_worked_through(own, inspector, jobs))
        for deed in done:
            begun.setdefault(deed.subject, deed.wall)
        found += done
    found += _left_unfinished(Walk(framework, dice, writer), cases, queues)
    begun[figures.UNFINISHED] = UNFINISHED_BEGUN
    found += _handed_out(dice, cases, queues, begun)
    found += _third_week_cancelled(framework)
    return _numbered(_one_after_another(found))


def _third_week_cancelled(framework: Framework) -> Iterator[Deed]:
    for number, standard in enumerate(s for s in framework.standards if s.judged_as_a_whole):
        wall = CANCELLED + timedelta(seconds=41 * number)
        yield Deed(wall, LEAD, "", StandardLeftUnrated(standard=standard.id, why=THIRD_WEEK))
    wall = CANCELLED + timedelta(minutes=6)
    for now, who, body in agenda.cancelled(LEAD, wall):
        yield Deed(now, who, "", body)
    yield Deed(
        wall + timedelta(minutes=2), LEAD, "", OPENING.model_copy(update={"fieldwork_to": FIELDWORK_TO})
    )


def _queues(dice: Dice, cases: Sequence[SampledCase]) -> dict[str, list[SampledCase]]:
    """Deal the cases out, the north hub's for the end and small ones between large ones."""
    inspectors = list(PATTERNS)
    places: dict[str, list[tuple[float, SampledCase]]] = {inspector: [] for inspector in inspectors}
    dealt = 0
    for sample in _MINUTES:
        members = [case for case in cases if case.sample == sample and case.ref != figures.UNFINISHED]
        for case in dice.shuffled(members):
            place = dice.bell() + (1.0 if case.facts["hub"] == "North" else 0.0)
            places[inspectors[dealt % len(inspectors)]].append((place, case))
            dealt += 1
    queues = {
        inspector: [case for _, case in sorted(placed, key=lambda entry: (entry[0], entry[1].ref))]
        for inspector, placed in places.items()
    }
    shortest = min(inspectors, key=lambda inspector: len(queues[inspector]))
    queues[shortest].append(next(case for case in cases if case.ref == figures.UNFINISHED))
    return queues


def _jobs(
    walk: Walk, dice: Dice, inspector: str, queue: Sequence[SampledCase], settled: Mapping[str, Outcome]
) -> list[_Job]:
    """The work of an inspector in its order; a case that is sent back comes again after the next one."""
    jobs: list[_Job] = []
    again: _Job | None = None
    for number, case in enumerate(case for case in queue if case.ref in settled):
        outcome = settled[case.ref]
        slip = None
        if number == SENT_BACK.get(inspector):
            slip = next(prompt for prompt, answer in outcome.answers.items() if answer is Answer.YES)
        steps = walk.whole(case, outcome, slip)
        reading = 60 * dice.between(*_READING[case.sample])
        jobs.append(_Job(case.ref, reading, _paced(steps, 60 * dice.between(*_MINUTES[case.sample]))))
        if again:
            jobs.append(again)
        again = _Job(case.ref, 900, walk.second_look(case, outcome, slip), slip) if slip else None
    return jobs


def _paced(steps: Sequence[Step], seconds: int) -> list[Step]:
    """The same steps, quicker or slower, so that they take so long in all."""
    usual = sum(step.seconds for step in steps)
    return [Step(max(_LEAST_SECONDS, step.seconds * seconds // usual), step.body) for step in steps]


def _worked_through(dice: Dice, inspector: str, jobs: Sequence[_Job]) -> Iterator[Deed]:
    """Do the jobs in the inspector's hours, and let the lead send back what is to be looked at again."""
    hours = Hours(sittings(dice, PATTERNS[inspector]))
    for job in jobs:
        needed = timedelta(seconds=job.reading + sum(step.seconds for step in job.steps))
        left = hours.left_today()
        if needed > left and (left < WORTH_STARTING or dice.chance(50)):
            hours.next_day()
        walls = list(hours.spend([job.reading, *(step.seconds for step in job.steps)]))[1:]
        if job.sent_back_for:
            why = f"{job.sent_back_for} does not go with the rest of the case: please look at it again."
            asked = walls[0] - timedelta(minutes=dice.between(9, 14))
            yield Deed(asked, LEAD, job.ref, CaseReopened(why=why))
        for wall, step in zip(walls, job.steps, strict=True):
            yield Deed(wall, inspector, job.ref, step.body)


def _left_unfinished(
    walk: Walk, cases: Sequence[SampledCase], queues: Mapping[str, Sequence[SampledCase]]
) -> Iterator[Deed]:
    case = next(case for case in cases if case.ref == figures.UNFINISHED)
    holder = next(inspector for inspector, queue in queues.items() if case in queue)
    wall = UNFINISHED_BEGUN
    for step in walk.unfinished(case):
        wall += timedelta(seconds=step.seconds)
        yield Deed(wall, holder, case.ref, step.body)


def _handed_out(
    dice: Dice,
    cases: Sequence[SampledCase],
    queues: Mapping[str, Sequence[SampledCase]],
    begun: Mapping[str, datetime],
) -> Iterator[Deed]:
    """Give out the cases of each week on the Friday before; a few are passed on later."""
    holders = {case.ref: inspector for inspector, queue in queues.items() for case in queue}
    passed_on = {queues[to][-1].ref: (first, when) for to, (first, when) in PASSED_ON.items()}
    first, second = FIRST_HANDED_OUT, NEXT_HANDED_OUT
    for case in cases:
        holder, _ = passed_on.get(case.ref, (holders[case.ref], None))
        pause = timedelta(seconds=dice.between(4, 15))
        if begun[case.ref] < NEXT_HANDED_OUT + timedelta(days=1):
            first += pause
            yield Deed(first, LEAD, case.ref, CaseAssigned(person=holder))
        else:
            second += pause
            yield Deed(second, LEAD, case.ref, CaseAssigned(person=holder))
    for ref, (_, when) in passed_on.items():
        yield Deed(when, LEAD, ref, CaseAssigned(person=holders[ref]))


def _one_after_another(deeds: Sequence[Deed]) -> list[Deed]:
    """In order of time, and no two of one person at the same second."""
    found: list[Deed] = []
    latest: dict[str, datetime] = {}
    for deed in sorted(deeds, key=lambda deed: (deed.wall, deed.actor)):
        before = latest.get(deed.actor)
        wall = deed.wall if before is None else max(deed.wall, before + timedelta(seconds=1))
        latest[deed.actor] = wall
        found.append(replace(deed, wall=wall))
    return sorted(found, key=lambda deed: (deed.wall, deed.actor))


def _numbered(deeds: Sequence[Deed]) -> list[Deed]:
    """Let each undoing name the event that it takes back: the latest of its person about the same slot."""
    written: dict[str, int] = {}
    latest: dict[tuple[str, str, str], EventId] = {}
    found = []
    for deed in deeds:
        seq = written.get(deed.actor, 0) + 1
        written[deed.actor] = seq
        address = (deed.actor, deed.subject, str(deed.body.slot))
        if isinstance(deed.body, Undone):
            body = deed.body.model_copy(update={"undoes": str(latest[address])})
            found.append(replace(deed, body=body))
        else:
            found.append(deed)
        latest[address] = EventId(device_of(deed.actor), 1, seq)
    return found


def device_of(actor: str) -> str:
    """The id of the laptop that a person works on."""
    return actor.lower()
