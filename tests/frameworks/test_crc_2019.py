"""The shipped framework says what the report of 2020 says, word for word."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fieldtool.domain.method.framework import AgendaKind, Framework, KeyQuestion, Prompt
from fieldtool.frameworks.loader import load

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="module")
def crc() -> Framework:
    return load("crc_2019")


def rows(name: str, *columns: str) -> list[tuple[str, ...]]:
    with (REFERENCE / f"hiow_2020_{name}.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(file)]


def test_standards_are_the_published_ones(crc: Framework) -> None:
    assert [(s.id, s.title, s.statement) for s in crc.standards] == rows(
        "standards", "standard", "title", "statement"
    )


def test_key_questions_are_the_published_ones(crc: Framework) -> None:
    published = rows("judged_key_questions", "key_question", "wording") + rows(
        "key_questions", "key_question", "wording"
    )
    assert [(q.id, q.wording) for q in crc.key_questions_by_id.values()] == published
    assert len(published) == 34


def test_prompts_are_the_published_ones(crc: Framework) -> None:
    published = rows("prompts", "prompt", "wording")
    assert [(p.id, p.wording) for p in crc.prompts_by_id.values()] == published
    assert len(published) == 76


def test_every_item_stands_under_what_its_number_says(crc: Framework) -> None:
    for domain in crc.domains:
        for standard in domain.standards:
            assert standard.id.rpartition(".")[0] == domain.id
            for question in standard.key_questions:
                assert question.id.rpartition(".")[0] == standard.id
                assert all(prompt.id.rpartition(".")[0] == question.id for prompt in question.prompts)


def test_domains(crc: Framework) -> None:
    assert [(d.id, d.title, len(d.standards)) for d in crc.domains] == [
        ("1", "Organisational delivery", 4),
        ("2", "Case supervision", 4),
        ("3", "Unpaid work and Through the Gate", 2),
    ]


def test_how_each_standard_is_assessed(crc: Framework) -> None:
    assert {s.id: (s.judged_as_a_whole, s.sample) for s in crc.standards} == {
        **dict.fromkeys(("1.1", "1.2", "1.3", "1.4"), (True, None)),
        **dict.fromkeys(("2.1", "2.2", "2.3", "2.4"), (False, "case_supervision")),
        "3.1": (False, "unpaid_work"),
        "3.2": (False, "through_the_gate"),
    }
    assert all(s.counts for s in crc.standards)
    assert [q.id for q in crc.key_questions_by_id.values() if q.qualitative] == ["3.1.3"]


def test_counted_items_are_those_with_published_columns(crc: Framework) -> None:
    counted = {item for sample in crc.samples_by_id for item in crc.items_for(sample)}
    published = {number for (number,) in rows("key_questions", "key_question") + rows("prompts", "prompt")}
    assert counted == published - {"3.1.3"}


def test_bands(crc: Framework) -> None:
    assert [(b.title, b.from_percent, b.to_percent, b.score) for b in crc.bands] == [
        ("Inadequate", 0, 49, 0),
        ("Requires improvement", 50, 64, 1),
        ("Good", 65, 79, 2),
        ("Outstanding", 80, 100, 3),
    ]
    assert [(b.title, b.from_score, b.to_score) for b in crc.overall] == [
        ("Inadequate", 0, 5),
        ("Requires improvement", 6, 15),
        ("Good", 16, 25),
        ("Outstanding", 26, 30),
    ]
    assert [b.id for b in crc.bands] == [b.id for b in crc.overall]
    assert (crc.rounding, crc.discretion_points) == ("rounded", 5)


def test_applicability(crc: Framework) -> None:
    not_low = {"rosh_inspector": ("medium", "high", "very_high")}
    items: list[KeyQuestion | Prompt] = [*crc.key_questions_by_id.values(), *crc.prompts_by_id.values()]
    assert {item.id: dict(item.applies) for item in items if item.applies} == {
        "2.2.3": not_low,
        "2.3.3": not_low,
        "2.4.3": not_low,
        "2.1.3.e": {"children": ("contact", "safeguarding")},
        "2.3.1.d": {"disposal": ("post_release",)},
        "3.1.2.c": {"other_work": ("yes",)},
    }


def test_facts(crc: Framework) -> None:
    supervision, every = ("case_supervision",), tuple(crc.samples_by_id)
    rosh = ("low", "medium", "high", "very_high")
    assert [(f.id, tuple(c.id for c in f.choices), f.samples) for f in crc.facts] == [
        ("gender", ("female", "male", "other"), every),
        ("disposal", ("community", "post_release", "other"), supervision),
        ("rosh_service", (*rosh, "not_recorded"), supervision),
        ("rosh_inspector", rosh, supervision),
        ("children", ("none", "contact", "safeguarding"), supervision),
        ("domestic_abuse", ("yes", "no"), supervision),
        ("substance_misuse", ("yes", "no"), supervision),
        ("disability", ("yes", "no", "not_recorded"), every),
        ("ethnicity", ("white", "mixed", "asian", "black", "other", "not_recorded"), every),
        ("hub", (), every),
        ("ldu", (), every),
        ("officer", (), every),
        ("officer_grade", ("senior_case_manager", "case_manager", "other"), every),
        ("other_work", ("yes", "no"), ("unpaid_work",)),
    ]
    assert crc.list_fact == "hub"


def test_every_key_question_over_cases_has_guidance_that_is_short(crc: Framework) -> None:
    for standard in crc.standards:
        for question in standard.key_questions:
            assert bool(question.guidance) is not standard.judged_as_a_whole, question.id
            items: list[KeyQuestion | Prompt] = [question, *question.prompts]
            assert [item.id for item in items if len(item.guidance) > 160] == []


def test_licence_is_named(crc: Framework) -> None:
    assert "Crown copyright 2020" in crc.licence
    assert "Open Government Licence v3.0" in crc.licence
    assert "Hampshire and Isle of Wight Community Rehabilitation Company" in crc.licence


@pytest.mark.parametrize(
    ("facts", "stratum"),
    [
        ({"gender": "female", "disposal": "post_release", "rosh_service": "low"}, "women"),
        ({"gender": "male", "disposal": "community", "rosh_service": "low"}, "men_community_low"),
        ({"gender": "male", "disposal": "community", "rosh_service": "high"}, "men_community"),
        ({"gender": "male", "disposal": "other", "rosh_service": "not_recorded"}, "men_community"),
        ({"gender": "male", "disposal": "post_release", "rosh_service": "low"}, "men_custody_low"),
        ({"gender": "other", "disposal": "post_release", "rosh_service": "medium"}, "men_custody"),
    ],
)
def test_every_supervision_case_has_its_stratum(crc: Framework, facts: dict[str, str], stratum: str) -> None:
    assert crc.stratum_of("case_supervision", facts) == stratum
    assert stratum in crc.strata_for("case_supervision")


def test_a_sample_type_without_strata_is_one(crc: Framework) -> None:
    assert crc.strata_for("unpaid_work") == ("all",)
    assert crc.stratum_of("unpaid_work", {}) == "all"


def test_officers_are_asked_about_their_work_in_words_of_our_own(crc: Framework) -> None:
    (form,) = crc.forms
    assert form.kind is AgendaKind.OFFICER_INTERVIEW
    assert len(form.questions) == 10
    published = {wording for (wording,) in rows("key_questions", "wording") + rows("prompts", "wording")}
    for question in form.questions:
        assert question.wording not in published
        assert [answer.id for answer in question.answers if answer.counts] == ["yes", "partly", "no"]
