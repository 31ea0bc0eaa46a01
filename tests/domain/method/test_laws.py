"""Laws for any framework and any cases: order, recount, what can still happen, facts that change."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builders.cases import (
    cases_of,
    complete_cases_of,
    fact_values,
    filled_up,
    frameworks,
    inspections,
    samples_of,
)
from builders.recount import tally
from fieldtool.domain.method import walk
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.rating import standings
from fieldtool.domain.method.tally import buckets


@given(inspections(most=3), st.randoms(use_true_random=False))
def test_any_order_of_answering_gives_the_same_tally(
    inspection: tuple[Framework, list[Case]], random: Random
) -> None:
    framework, cases = inspection
    again = []
    for case in cases:
        steps = list(case.values.items())
        random.shuffle(steps)
        built = Case(ref=case.ref, sample=case.sample)
        for slot, value in steps:
            if random.random() < 0.3:  # first cleared or another value, then corrected
                built = built.with_value(slot, random.choice([None, "no"]))
            built = built.with_value(slot, value)
        again.append(built)
    random.shuffle(again)
    assert tally(framework, again) == tally(framework, cases)


# ---------------------------------------------------------------------- a recount that shares nothing


def recount(framework: Framework, cases: list[Case]) -> dict[str, tuple[str | None, int | None]]:
    """The provisional rating of each standard and its lowest whole per cent, from plain tables."""
    table: dict[str, Any] = framework.model_dump(by_alias=True)
    notes = [
        (case.sample, {(slot[0].value, slot[1]): value for slot, value in case.values.items()})
        for case in cases
    ]
    found: dict[str, tuple[str | None, int | None]] = {}
    for standard in (s for domain in table["domains"] for s in domain["standards"]):
        shares = []
        for question in standard["key_questions"]:
            said = []
            for sample, note in notes:
                fits = all(note.get(("fact", fact)) in ok for fact, ok in question["applies"].items())
                if sample == standard["sample"] and fits:
                    said.append(note.get(("judgement", question["id"])))
            yes, no = said.count("yes"), said.count("no")
            if yes + no and not question["qualitative"] and not standard["judged_as_a_whole"]:
                shares.append(Decimal(100 * yes) / Decimal(yes + no))
        if not shares:
            found[standard["id"]] = (None, None)
            continue
        worst = min(shares)
        whole = int(worst.to_integral_value(ROUND_HALF_UP))
        measured = worst if table["rounding"] == "exact" else whole
        title = [band["title"] for band in table["bands"] if band["from"] <= measured][-1]
        found[standard["id"]] = (title, whole)
    return found


@given(inspections())
def test_ratings_equal_a_plain_recount(inspection: tuple[Framework, list[Case]]) -> None:
    framework, cases = inspection
    found = {}
    for standing in standings(framework, tally(framework, cases)):
        provisional = standing.provisional
        percents = [s.percent for s in standing.deciding]
        found[standing.standard.id] = (
            provisional.title if provisional else None,
            min((p for p in percents if p is not None), default=None),
        )
    assert found == recount(framework, cases)


# ---------------------------------------------------------------------- what can still happen


@given(inspections(), st.data())
def test_nothing_leaves_the_range_of_what_could_still_happen(
    inspection: tuple[Framework, list[Case]], data: st.DataObject
) -> None:
    framework, cases = inspection
    before = standings(framework, tally(framework, cases))
    rest = [data.draw(complete_cases_of(framework, case.sample)) for case in cases]
    complete = [filled_up(case, more) for case, more in zip(cases, rest, strict=True)]
    counts = tally(framework, complete)
    assert all(count.open == 0 for count in counts.values())
    after = standings(framework, counts)
    bands = framework.bands
    for was, now in zip(before, after, strict=True):
        for q_was, q_now in zip(was.key_questions, now.key_questions, strict=True):
            if q_now.count.exact is None:
                assert q_was.count.judged == 0
                continue
            low, high = q_was.count.lowest.exact, q_was.count.highest.exact
            assert low is not None
            assert high is not None
            assert low <= q_now.count.exact <= high
            assert q_was.lowest is not None
            assert q_was.highest is not None
            assert q_now.band is not None
            assert bands.index(q_was.lowest) <= bands.index(q_now.band) <= bands.index(q_was.highest)
            if q_was.settled:
                assert q_now.band == q_was.band
        if now.provisional is not None:
            assert now.provisional in was.possible
        if was.settled:
            assert now.provisional == was.provisional
        assert now.possible == (() if now.provisional is None else (now.provisional,))


@given(inspections(), st.booleans())
def test_each_end_of_the_range_can_be_reached(inspection: tuple[Framework, list[Case]], up: bool) -> None:
    """With every fact known, all yes gives the highest and all no the lowest: the range is not too wide."""
    framework, cases = inspection
    value = "yes" if up else "no"
    known = []
    for case in cases:
        for fact in framework.facts_for(case.sample):
            if fact.id not in case.facts:
                choice = fact.choices[0].id if fact.choices else "north"
                case = case.with_value(Slot(Aspect.FACT, fact.id), choice)  # noqa: PLW2901
        known.append(case)
    before = standings(framework, tally(framework, known))
    full = []
    for case in known:
        for slot in walk.due_slots(framework, case):
            if slot not in case.values:
                case = case.with_value(slot, value)  # noqa: PLW2901
        full.append(case)
    for was, now in zip(before, standings(framework, tally(framework, full)), strict=True):
        if now.provisional is not None:
            assert now.provisional == (was.possible[-1] if up else was.possible[0])
        for q_was, q_now in zip(was.key_questions, now.key_questions, strict=True):
            assert q_now.count == (q_was.count.highest if up else q_was.count.lowest)


# ---------------------------------------------------------------------- facts that change


@given(st.data())
def test_facts_close_and_reopen_items_and_no_answer_is_lost(data: st.DataObject) -> None:
    framework = data.draw(frameworks)
    sample = data.draw(samples_of(framework))
    case = data.draw(cases_of(framework, sample))
    worked = {slot: v for slot, v in case.values.items() if slot.aspect is not Aspect.FACT}
    facts = fact_values(framework, sample)
    changed = case
    for fact in data.draw(st.lists(st.sampled_from(sorted(facts)), max_size=6)):
        value = data.draw(st.none() | facts[fact])
        changed = changed.with_value(Slot(Aspect.FACT, fact), value)
        assert {s: v for s, v in changed.values.items() if s.aspect is not Aspect.FACT} == worked
        for item, bucket in buckets(framework, changed).items():
            verdict = framework.applies(item, changed.facts).value
            assert (bucket == "out") is (verdict == "no")
            if verdict == "undecided":
                assert bucket == "open"
    for fact in facts:
        changed = changed.with_value(Slot(Aspect.FACT, fact), case.facts.get(fact))
    assert changed.values == case.values
    assert buckets(framework, changed) == buckets(framework, case)
    assert walk.missing(framework, changed) == walk.missing(framework, case)
