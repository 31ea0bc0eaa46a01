"""The inspectors' own words: phrases fitted to the case, so that hardly any two texts are alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.domain.method.framework import KeyQuestion
from sample_db import phrases_after, phrases_before, phrases_projects
from sample_db.answers import Outcome
from sample_db.cases import SampledCase
from sample_db.dice import Dice

_NO = phrases_before.NO | phrases_after.NO | phrases_projects.NO
_YES = phrases_before.YES | phrases_after.YES | phrases_projects.YES
_NOT_RELEVANT = phrases_before.NOT_RELEVANT | phrases_after.NOT_RELEVANT | phrases_projects.NOT_RELEVANT
_SUMMING_UP = phrases_before.SUMMING_UP | phrases_after.SUMMING_UP | phrases_projects.SUMMING_UP

_MONTHS = ("June", "July", "August", "September", "October", "November", "December", "January", "February")
_NUMBERS = ("two", "three", "four", "five", "six", "seven")
_GRADES = {"senior_case_manager": "the senior case manager", "case_manager": "the case manager"}
_ORDERS = {"community": "order", "post_release": "licence"}
_KINDS = {
    "abuse": ("domestic_abuse", ("yes",)),
    "children": ("children", ("contact", "safeguarding")),
    "drugs": ("substance_misuse", ("yes",)),
    "disability": ("disability", ("yes",)),
    "released": ("disposal", ("post_release",)),
    "community": ("disposal", ("community",)),
}
_STRENGTHS = (
    "steady work",
    "family support",
    "settled housing",
    "a college place",
    "voluntary work",
    "a parent's support",
    "building skills",
)
_NEEDS = ("accommodation", "employment", "thinking and behaviour", "money", "relationships", "wellbeing")

_ASIDES = (
    "Confirmed by {officer} in interview",
    "Contact log of {month}",
    "Earlier officer's work; {officer} has had the case since {month}",
    "Discussed with {officer}",
    "Found in the paper file only",
    "See the entries for {month}",
    "Same point in other {hub} cases that I have read",
)
_ASIDES_ON_NO = (
    *_ASIDES,
    "{Officer} accepted this in interview",
    "{Officer} explained this by workload",
    "Nothing more to be found on the system",
    "The manager's oversight entry of {month} does not mention it",
    "{Officer} was candid about it",
)

_EVEN_SO_YES = (
    "Thin on several prompts, but what matters most in this case is there. {Point}.",
    "More noes than yeses; even so sufficient overall, since {point}.",
    "On balance yes. {Point}, and that outweighs the gaps.",
    "Judged sufficient: the gaps are in matters of less weight here. {Point}.",
    "A near thing. {Point}, which decided it for me.",
    "The prompts read worse than the work: {point}.",
)
_EVEN_SO_NO = (
    "Each step was taken, but late and without depth. {Close}",
    "The prompts are met on paper; {officer} could not say what came of it. {Close}",
    "No single prompt fails, and still it does not come together. {Close}",
    "On balance no, in spite of the prompts, after what {officer} told me. {Close}",
)

_OPENERS = (
    "[community] Order made in {start}, with rehabilitation activity days",
    "[community] Order made in {start}, with a programme and activity days",
    "[community] Twelve-month order from {start}",
    "[community] Order of {start}, transferred in from another area in {month}",
    "[released] Released in {start}; post-sentence supervision to follow",
    "[released] On licence since {start}",
    "[released] Licence from {start}, recalled once and re-released",
    "Sample case from {start}, still current",
)
_INTERVIEWS = (
    "Interviewed {officer} by telephone",
    "Interviewed {officer} at the {hub} hub",
    "Long interview with {officer}",
    "{Officer} on leave; spoke to the team manager instead",
    "{Officer} took the case over in {month} and could say little about the time before",
    "{Officer} had prepared well and spoke openly",
    "{Officer} holds a high caseload and said so",
)
_REMARKS = (
    "Third officer since {start}",
    "Contact log is full and easy to follow",
    "Contact log hard to follow after {month}",
    "Paper file and system do not agree on dates; went by the system",
    "Main need is {need}",
    "{Service} is involved throughout",
    "[disability] {His} health affects most of what is planned",
    "[drugs] Substance misuse runs through the whole of this case",
    "[children] Children's records checked for this case: see 2.1.3",
    "[abuse] Domestic abuse history: read with the police replies on file",
)
_CLOSERS = (
    "Worth quoting: the joint work with {service}",
    "Unit may want to look at transfers; gap of {weeks} weeks here",
    "Lead to note: same gap in management oversight as in other {hub} cases",
    "Nothing to add for the report",
    "Will come back to this if the {hub} cases show a pattern",
    "Told {officer} the main points at the end",
    "Good practice: use of {strength}",
    "No concerns that need passing on today",
    "Asked the office for the missing review; not there by the end of the day",
    "Answers settled with {officer}'s explanations in hand",
)
_DISAGREEMENT = "Service has the risk of serious harm as {service}; I judge it {inspector}"

_SMALL_REMARKS = {
    "unpaid_work": (
        "{Hours} hours, {done} done",
        "Weekend group since {start}",
        "Read with the attendance sheets from {start} on",
        "Spoke to the project supervisor as well as to {officer}",
        "Charity shop placement from {month}",
        "Attendance sheets for {month} were missing and then found",
        "Supervisor's records are better than the office's",
        "Moved project in {month}",
    ),
    "through_the_gate": (
        "Released in {month}, seen at the gate",
        "Resettlement officer interviewed at the prison, {officer} by telephone",
        "Short sentence; screening on the third day",
        "Plan, activity and handover all on one record",
        "Prison and community records agree",
        "Third sentence in two years; they knew {him}",
        "Address on release confirmed in {month}",
        "Pre-release meeting in {month}, well recorded",
    ),
}

UNFINISHED_NOTE = (
    "Facts entered. File and attendance sheets had been promised for Monday; the third week was cancelled "
    "before the file could be finished, so nothing is answered or judged."
)


@dataclass(frozen=True)
class _Person:
    """What stays the same in everything that is written about one case."""

    case: SampledCase
    start: int
    needs: tuple[str, ...]
    services: tuple[str, ...]
    agencies: tuple[str, ...]
    strength: str


class Writer:
    """Writes reasons and notes, and remembers what was written already.

    Args:
        cases: everybody who will be written about.
    """

    def __init__(self, cases: Sequence[SampledCase]) -> None:
        self._dice = Dice(20_200_313)
        self._people = {case.ref: self._person(case) for case in cases}
        self._written: set[str] = set()
        self._draft: list[str] = []
        self._phrases: dict[str, set[str]] = {case.ref: set() for case in cases}

    def reason(self, case: SampledCase, question: KeyQuestion, outcome: Outcome) -> str:
        """Why a key question was judged as it was."""
        if outcome.judgements[question.id] is Judgement.YES:
            return self._fresh(case, lambda: self._reason_for_yes(case, question, outcome))
        return self._fresh(case, lambda: self._reason_for_no(case, question, outcome))

    def note(self, case: SampledCase, prompt: str, answer: Answer) -> str | None:
        """A note on an answer; None where there is nothing to say about it."""
        phrases = {Answer.YES: _YES, Answer.NO: _NO, Answer.NOT_RELEVANT: _NOT_RELEVANT}[answer].get(prompt)
        if phrases is None:
            return None
        asides = _ASIDES_ON_NO if answer is Answer.NO else _ASIDES
        return self._fresh(case, lambda: self._note(case, phrases, asides))

    def question_note(self, case: SampledCase, question: KeyQuestion, outcome: Outcome) -> str | None:
        """A note on a key question from what was good about it; None where nothing was."""
        good = [p.id for p in question.prompts if outcome.answers.get(p.id) is Answer.YES]
        if not good:
            return None
        picked = self._dice.shuffled(good)[:2]
        return self._fresh(
            case, lambda: self._sentences(case, *[self._choice(case, _YES[p]) for p in picked])
        )

    def case_note(self, case: SampledCase) -> str:
        """A note on the case as a whole."""
        return self._fresh(case, lambda: self._sentences(case, *self._case_sentences(case)))

    def _reason_for_no(self, case: SampledCase, question: KeyQuestion, outcome: Outcome) -> str:
        bad = [p.id for p in question.prompts if outcome.answers.get(p.id) is Answer.NO]
        good = [p.id for p in question.prompts if outcome.answers.get(p.id) is Answer.YES]
        close = self._dice.pick(_SUMMING_UP[question.id])
        if not bad:
            return self._fill(case, self._dice.pick(_EVEN_SO_NO).replace("{Close}", close))
        picked = self._dice.shuffled(bad)[: 2 if self._dice.chance(45) else 1]
        said = [self._choice(case, _NO[prompt]) for prompt in picked]
        if good and self._dice.chance(22):
            praise = self._choice(case, _YES[self._dice.pick(good)])
            said.insert(0, f"Some credit: {_small(self._fill(case, praise))}")
        if self._dice.chance(55):
            said.append(close.rstrip("."))
        return self._sentences(case, *said)

    def _reason_for_yes(self, case: SampledCase, question: KeyQuestion, outcome: Outcome) -> str:
        good = [p.id for p in question.prompts if outcome.answers.get(p.id) is Answer.YES]
        point = "{officer} knew the case well and could show the thinking behind it"
        if good:
            point = self._choice(case, _YES[self._dice.pick(good)])
        told = self._fill(case, point)
        shape = self._dice.pick(_EVEN_SO_YES)
        return shape.replace("{Point}", _capital(told)).replace("{point}", _small(told))

    def _case_sentences(self, case: SampledCase) -> list[str]:
        small = _SMALL_REMARKS.get(case.sample)
        if small is not None:
            return self._dice.shuffled(small)[: self._dice.between(1, 2)]
        said = [self._choice(case, _OPENERS)] if self._dice.chance(70) else []
        said += [self._choice(case, _REMARKS)] if said == [] or self._dice.chance(50) else []
        said += [self._choice(case, _INTERVIEWS)] if self._dice.chance(55) else []
        service, inspector = case.facts["rosh_service"], case.facts["rosh_inspector"]
        if service not in (inspector, "not_recorded") and self._dice.chance(60):
            said.append(_DISAGREEMENT.replace("{service}", service).replace("{inspector}", inspector))
        elif self._dice.chance(65):
            said.append(self._choice(case, _CLOSERS))
        return said

    def _note(self, case: SampledCase, phrases: Sequence[str], asides: Sequence[str]) -> str:
        aside = self._dice.pick(asides) if self._dice.chance(35) else ""
        return self._sentences(case, self._choice(case, phrases), aside)

    def _sentences(self, case: SampledCase, *said: str) -> str:
        filled = [_capital(self._fill(case, phrase)) for phrase in said if phrase]
        return " ".join(f"{sentence.rstrip('.')}." for sentence in filled)

    def _choice(self, case: SampledCase, phrases: Sequence[str]) -> str:
        """A phrase that fits the case, one not yet used about it if there is one."""
        fitting = [text for kind, text in map(_split, phrases) if not kind or _is(case, kind)]
        used = self._phrases[case.ref].union(self._draft)
        phrase = self._dice.pick([text for text in fitting if text not in used] or fitting)
        self._draft.append(phrase)
        return phrase

    def _fresh(self, case: SampledCase, write: Callable[[], str]) -> str:
        """Write until the text is a new one; after some attempts the last will do."""
        for _ in range(30):
            self._draft.clear()
            text = write()
            if text not in self._written:
                break
        self._written.add(text)
        self._phrases[case.ref].update(self._draft)
        return text

    def _fill(self, case: SampledCase, phrase: str) -> str:
        return phrase.format_map(self._fillers(self._people[case.ref])) if "{" in phrase else phrase

    def _fillers(self, person: _Person) -> Mapping[str, str]:
        facts = person.case.facts
        woman = facts["gender"] == "female"
        month = self._dice.between(person.start + 1, len(_MONTHS) - 2)
        hours = self._dice.between(4, 12) * 20
        found = {
            "he": "she" if woman else "he",
            "him": "her" if woman else "him",
            "his": "her" if woman else "his",
            "himself": "herself" if woman else "himself",
            "officer": _GRADES.get(facts["officer_grade"], "the officer"),
            "order": _ORDERS.get(facts["disposal"], "sentence"),
            "start": _MONTHS[person.start],
            "month": _MONTHS[month],
            "later": _MONTHS[month + 1],
            "weeks": self._dice.pick(_NUMBERS),
            "need": self._dice.pick(person.needs),
            "agency": self._dice.pick(person.agencies),
            "service": self._dice.pick(person.services),
            "strength": person.strength,
            "hub": facts["hub"],
            "hours": str(hours),
            "done": str(hours * self._dice.between(3, 10) // 10),
        }
        return found | {name.capitalize(): _capital(text) for name, text in found.items()}

    def _person(self, case: SampledCase) -> _Person:
        needs = self._dice.shuffled(_NEEDS)[:2]
        services = ["the housing provider", "the mental health team"]
        if _is(case, "drugs"):
            needs.append(self._dice.pick(("drug use", "alcohol use")))
            services.append("the substance misuse service")
        agencies = [self._dice.pick(services), "the police"]
        if case.facts.get("children") == "safeguarding":
            agencies.append("children's services")
        strengths = (*_STRENGTHS, "time in recovery") if _is(case, "drugs") else _STRENGTHS
        start, strength = self._dice.between(0, 4), self._dice.pick(strengths)
        return _Person(case, start, tuple(needs), tuple(services), tuple(agencies), strength)


def _split(phrase: str) -> tuple[str, str]:
    """Part a phrase from the kind of case that it is kept to."""
    if not phrase.startswith("["):
        return "", phrase
    kind, _, text = phrase[1:].partition("] ")
    return kind, text


def _is(case: SampledCase, kind: str) -> bool:
    fact, values = _KINDS[kind]
    return case.facts.get(fact) in values


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    """Begin a phrase in the middle of a sentence."""
    return text[:1].lower() + text[1:]
