"""The cases of the sample inspection: their references, their facts, and whose they were in the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sample_db import figures
from sample_db.dice import Dice


@dataclass(frozen=True)
class SampledCase:
    """A case with everything known of it; which of its facts are recorded, the framework says."""

    ref: str
    sample: str
    facts: Mapping[str, str]


@dataclass
class Officer:
    """A responsible officer, and how many cases of the sample are theirs."""

    code: str
    hub: str
    ldu: str
    grade: str
    cases: int = field(default=0)


@dataclass(frozen=True)
class Desk:
    """How many supervision cases the officers of one hub and grade hold, by risk in the inspector's view."""

    hub: str
    grade: str
    officers: int
    not_low: int
    low: int


DESKS = (
    Desk("East", "senior_case_manager", 2, 7, 0),
    Desk("East", "case_manager", 8, 20, 5),
    Desk("East", "other", 3, 6, 3),
    Desk("West", "senior_case_manager", 2, 7, 0),
    Desk("West", "case_manager", 8, 20, 5),
    Desk("West", "other", 3, 7, 3),
    Desk("North", "senior_case_manager", 2, 4, 0),
    Desk("North", "case_manager", 3, 7, 2),
    Desk("North", "other", 1, 3, 1),
)

LDUS = {
    "East": ("Portsmouth", "Havant", "Fareham", "Isle of Wight"),
    "West": ("Southampton East", "Southampton West", "Eastleigh", "New Forest"),
    "North": ("Basingstoke", "Aldershot", "Winchester and Andover"),
}

SMALL_SAMPLES = {
    "unpaid_work": ("UW", figures.UNPAID_WORK_MIX, {"East": 14, "West": 14, "North": 7}),
    "through_the_gate": ("TG", figures.GATE_MIX, {"East": 10, "West": 9, "North": 5}),
}


def sampled_cases() -> tuple[SampledCase, ...]:
    """All cases of the inspection, in the order of its case list."""
    dice = Dice(20_200_224)
    officers = _officers()
    cases = _supervision(dice, officers)
    for sample, (prefix, mix, hubs) in SMALL_SAMPLES.items():
        cases += _small(dice, officers, sample, prefix, mix, hubs)
    return tuple(cases)


def _officers() -> list[Officer]:
    found: list[Officer] = []
    for desk in DESKS:
        for _ in range(desk.officers):
            here = sum(officer.hub == desk.hub for officer in found)
            units = LDUS[desk.hub]
            code = f"RO-{desk.hub[0]}{here + 1:02}"
            found.append(Officer(code, desk.hub, units[here % len(units)], desk.grade))
    return found


def _supervision(dice: Dice, officers: Sequence[Officer]) -> list[SampledCase]:
    places: list[tuple[Officer, bool]] = []
    for desk in DESKS:
        team = [o for o in officers if o.hub == desk.hub and o.grade == desk.grade]
        for number in range(desk.not_low + desk.low):
            officer = team[number % len(team)]
            officer.cases += 1
            places.append((officer, number >= desk.not_low))
    refs = [f"CS-{number + 1:03}" for number in range(len(places))]
    placed = dict(zip(refs, dice.shuffled(places), strict=True))
    drawn = _supervision_facts(dice, {ref: low for ref, (_, low) in placed.items()})
    return [
        SampledCase(ref, "case_supervision", _service_facts(officer) | drawn[ref])
        for ref, (officer, _) in placed.items()
    ]


def _supervision_facts(dice: Dice, low: Mapping[str, bool]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {ref: {} for ref in low}

    def give(fact: str, shares: Mapping[str, int], weights: Mapping[str, float]) -> None:
        for ref, value in dice.allotted(shares, weights).items():
            found[ref][fact] = value

    mix = figures.SUPERVISION_MIX
    for fact in ("gender", "ethnicity", "disability", "disposal", "substance_misuse"):
        give(fact, mix[fact], dict.fromkeys(low, 0.0))
    give("domestic_abuse", mix["domestic_abuse"], {ref: -1.5 if low[ref] else 0.0 for ref in low})
    abuse = {ref: 0.6 if found[ref]["domestic_abuse"] == "yes" else 0.0 for ref in low}
    give("children", mix["children"], {ref: abuse[ref] - (0.8 if low[ref] else 0.0) for ref in low})
    safeguarding = {ref: 0.6 if found[ref]["children"] == "safeguarding" else 0.0 for ref in low}
    grave = {"high": figures.NOT_LOW["high"], "medium": figures.NOT_LOW["medium"]}
    give("rosh_inspector", grave, {ref: abuse[ref] + safeguarding[ref] for ref in low if not low[ref]})
    for ref in low:
        if low[ref]:
            found[ref]["rosh_inspector"] = "low"
        found[ref]["rosh_service"] = _as_the_service_has_it(dice, found[ref]["rosh_inspector"])
    return found


def _as_the_service_has_it(dice: Dice, inspector: str) -> str:
    """The service sees most cases as the inspector does, and when it does not, mostly as less grave."""
    throw = dice.between(1, 100)
    if throw > 97:
        return "not_recorded"
    if inspector == "high":
        return "high" if throw <= 45 else "medium"
    if inspector == "low":
        return "low" if throw <= 78 else "medium"
    if throw <= 3:
        return "high"
    return "low" if throw <= 17 else "medium"


def _small(
    dice: Dice,
    officers: Sequence[Officer],
    sample: str,
    prefix: str,
    mix: Mapping[str, Mapping[str, int]],
    hubs: Mapping[str, int],
) -> list[SampledCase]:
    count = sum(hubs.values())
    refs = [f"{prefix}-{number + 1:02}" for number in range(count)]
    found: dict[str, dict[str, str]] = {ref: {} for ref in refs}
    for ref, hub in dice.allotted(hubs, dict.fromkeys(refs, 0.0)).items():
        officer = min((o for o in dice.shuffled(officers) if o.hub == hub), key=lambda officer: officer.cases)
        officer.cases += 1
        found[ref] = _service_facts(officer)
    for fact, shares in mix.items():
        for ref, value in dice.allotted(shares, dict.fromkeys(refs, 0.0)).items():
            found[ref][fact] = value
    if sample == "unpaid_work":
        finished = [ref for ref in refs if ref != figures.UNFINISHED]
        shares = {"yes": figures.OTHER_WORK, "no": len(finished) - figures.OTHER_WORK}
        for ref, value in dice.allotted(shares, dict.fromkeys(finished, 0.0)).items():
            found[ref]["other_work"] = value
        found[figures.UNFINISHED]["other_work"] = "no"
    return [SampledCase(ref, sample, found[ref]) for ref in refs]


def _service_facts(officer: Officer) -> dict[str, str]:
    return {
        "hub": officer.hub,
        "ldu": officer.ldu,
        "officer": officer.code,
        "officer_grade": officer.grade,
    }
