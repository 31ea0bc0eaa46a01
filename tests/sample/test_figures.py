"""The sample inspection comes to every figure that was published of the real one."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from builders.recount import tally
from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.kinds.inspection import StandardLeftUnrated
from fieldtool.domain.method.case import Case
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.rating import overall, standings
from fieldtool.domain.method.tally import Count
from fieldtool.domain.method.walk import missing, oddities, sits_oddly
from sample_db.diary import Deed

REFERENCE = Path(__file__).parent.parent / "reference"


def published(name: str, key: str, column: str) -> list[tuple[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return [(row[key], row[column]) for row in csv.DictReader(file) if row[column]]


KEY_QUESTIONS = published("hiow_2020_key_questions.csv", "key_question", "current_percent")
PROMPTS = published("hiow_2020_prompts.csv", "prompt", "current_percent")
RATINGS = published("hiow_2020_standards.csv", "standard", "current_rating")


@pytest.fixture(scope="module")
def counts(framework: Framework, cases: list[Case]) -> dict[str, Count]:
    return tally(framework, cases)


@pytest.fixture(scope="module")
def supervision(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.sample == "case_supervision"]


def part(framework: Framework, cases: Iterable[Case], item: str, fact: str, value: str) -> tuple[int, int]:
    count = tally(framework, [case for case in cases if case.facts.get(fact) == value])[item]
    return count.yes, count.judged


def test_all_published_figures_are_looked_at() -> None:
    assert len(KEY_QUESTIONS) == 18
    assert len(PROMPTS) == 75


@pytest.mark.parametrize(("item", "per_cent"), KEY_QUESTIONS + PROMPTS)
def test_published_per_cent(counts: dict[str, Count], item: str, per_cent: str) -> None:
    assert counts[item].percent == int(per_cent)


def test_figures_to_compare_with_are_those_that_were_published(diary: list[Deed]) -> None:
    found = {deed.body.whose: deed.body for deed in diary if isinstance(deed.body, FiguresImported)}
    figures = {whose: {i: str(f.stated) for i, f in body.figures.items()} for whose, body in found.items()}
    questions, prompts = "hiow_2020_key_questions.csv", "hiow_2020_prompts.csv"
    assert figures == {
        "previous": {
            **dict(published(questions, "key_question", "previous_percent")),
            **dict(published(prompts, "prompt", "previous_percent")),
        },
        "comparison": dict(published(questions, "key_question", "all_crcs_percent")),
    }


def test_prompt_without_a_published_figure_is_answered_all_the_same(counts: dict[str, Count]) -> None:
    assert counts["3.2.2.a"].judged > 0


def test_numbers_of_cases(cases: list[Case]) -> None:
    assert Counter(case.sample for case in cases) == {
        "case_supervision": 100,
        "unpaid_work": 35,
        "through_the_gate": 24,
    }


def test_numbers_judged(counts: dict[str, Count]) -> None:
    judged = {item: counts[item].judged for item, _ in KEY_QUESTIONS if item.startswith("2.")}
    without_low_risk = {"2.2.3", "2.3.3", "2.4.3"}
    assert judged == {item: 81 if item in without_low_risk else 100 for item in judged}
    assert {counts[item].judged for item in ("3.1.1", "3.1.2", "3.1.4")} == {34}
    assert [counts[item].yes for item in ("3.1.1", "3.1.2", "3.1.4")] == [26, 28, 27]
    assert {counts[item].judged for item in ("3.2.1", "3.2.2", "3.2.3")} == {24}
    assert [counts[item].yes for item in ("3.2.1", "3.2.2", "3.2.3")] == [23, 22, 23]


@pytest.mark.parametrize(("hub", "expected"), [("East", (21, 33)), ("West", (9, 34)), ("North", (4, 14))])
def test_planning_for_safety_by_hub(
    framework: Framework, cases: list[Case], hub: str, expected: tuple[int, int]
) -> None:
    assert part(framework, cases, "2.2.3", "hub", hub) == expected


@pytest.mark.parametrize(
    ("grade", "expected"),
    [("senior_case_manager", (12, 18)), ("case_manager", (13, 47)), ("other", (8, 16))],
)
def test_other_agencies_by_grade(
    framework: Framework, cases: list[Case], grade: str, expected: tuple[int, int]
) -> None:
    assert part(framework, cases, "2.3.3.c", "officer_grade", grade) == expected


@pytest.mark.parametrize(
    ("fact", "values", "expected"),
    [
        ("gender", {"female"}, 18),
        ("ethnicity", {"mixed", "asian", "black", "other"}, 9),
        ("disability", {"yes"}, 54),
        ("substance_misuse", {"yes"}, 75),
        ("domestic_abuse", {"yes"}, 37),
        ("children", {"safeguarding"}, 23),
        ("rosh_inspector", {"low"}, 19),
        ("disposal", {"community"}, 66),
        ("disposal", {"post_release"}, 31),
        ("disposal", {"other"}, 3),
    ],
)
def test_case_characteristics(supervision: list[Case], fact: str, values: set[str], expected: int) -> None:
    assert sum(case.facts[fact] in values for case in supervision) == expected


def test_service_sees_risk_mostly_as_the_inspector_does(supervision: list[Case]) -> None:
    agreed = sum(case.facts["rosh_service"] == case.facts["rosh_inspector"] for case in supervision)
    assert 65 <= agreed <= 90


def test_provisional_ratings(framework: Framework, counts: dict[str, Count]) -> None:
    found = {s.standard.id: s for s in standings(framework, counts)}
    for number, rating in RATINGS:
        provisional = found[number].provisional
        assert (provisional.title if provisional else "not rated") == rating


def test_unfinished_case_cannot_move_a_rating(framework: Framework, counts: dict[str, Count]) -> None:
    assert all(standing.settled for standing in standings(framework, counts) if standing.provisional)


def test_no_overall_rating_and_why(framework: Framework, counts: dict[str, Count], diary: list[Deed]) -> None:
    ratings = {standing.standard.id: standing.provisional for standing in standings(framework, counts)}
    unrated = [deed for deed in diary if isinstance(deed.body, StandardLeftUnrated)]
    whys = {deed.body.slot.item: deed.body.value or "" for deed in unrated}
    assert list(whys) == ["1.1", "1.2", "1.3", "1.4"]
    found = overall(framework, ratings, whys)
    assert found.rating is None
    assert found.reason.endswith("(the third week of fieldwork was cancelled).")


def test_every_case_but_one_is_complete_with_nothing_missing(framework: Framework, cases: list[Case]) -> None:
    unfinished = [case for case in cases if not case.complete]
    assert [case.ref for case in unfinished] == ["UW-35"]
    assert unfinished[0].state is CaseState.IN_PROGRESS
    assert "third week was cancelled" in unfinished[0].note()
    assert all(missing(framework, case) == () for case in cases if case.complete)


def test_complete_cases_alone_give_the_same_figures(
    framework: Framework, cases: list[Case], counts: dict[str, Count]
) -> None:
    complete = tally(framework, [case for case in cases if case.complete])
    assert {item: (c.yes, c.no) for item, c in complete.items()} == {
        item: (c.yes, c.no) for item, c in counts.items()
    }


def test_few_judgements_sit_oddly_and_those_have_a_reason(framework: Framework, cases: list[Case]) -> None:
    judged = [
        (case, question)
        for case in cases
        for question in framework.key_questions_by_id.values()
        if case.judgement(question.id) is not None
    ]
    odd = [(case, question) for case, question in judged if sits_oddly(framework, case, question)]
    assert 0 < len(odd) < 0.06 * len(judged)
    assert not any(oddities(framework, case) for case in cases)


def test_at_most_six_cases_an_officer(cases: list[Case]) -> None:
    assert max(Counter(case.facts["officer"] for case in cases).values()) <= 6


def test_an_officer_has_one_grade_and_one_unit(cases: list[Case]) -> None:
    places = {(c.facts["officer"], c.facts["hub"], c.facts["ldu"], c.facts["officer_grade"]) for c in cases}
    assert len(places) == len({case.facts["officer"] for case in cases})
