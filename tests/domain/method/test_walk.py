"""The walk through a case: what is due, what is missing, what is next, what looks odd, and every mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import CRC, FRAMEWORKS, TINY, branch, build, cases_of, fact_values, frameworks, samples_of
from fieldtool.domain.method import walk
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Applies, Framework, Standard
from fieldtool.domain.method.walk import Mark, Progress

DONE = {"Qax": "yes", "Qay": "yes", "Qa": "yes", "Qb": "yes", "Lax": "yes", "Lay": "yes", "La": "yes"}


def whats(case: Case, framework: Framework = TINY) -> list[str]:
    return [missing.what for missing in walk.missing(framework, case)]


def test_facts_come_first_then_each_key_question_behind_its_prompts() -> None:
    assert whats(branch()) == [
        "case fact: Borough",
        "answer to Qax",
        "answer to Qay",
        "judgement of Qa",
        "judgement of Qb",
        "answer to Lax",
        "answer to Lay",
        "judgement of La",
    ]


def test_a_fact_that_is_not_required_is_never_missing() -> None:
    assert "case fact: Stock" not in whats(branch())
    assert Slot(Aspect.FACT, "stock") in list(walk.walk_order(TINY, "branch"))


@pytest.mark.parametrize(
    ("stock", "left"),
    [
        ("books", ["Qax", "Qa", "Qb"]),
        ("records", ["Qax", "Qay", "Qa", "Qb", "Lax", "La"]),
        ("tools", ["Qax", "Qa", "Qb", "Lax", "Lay", "La"]),
    ],
)
def test_only_what_applies_is_due(stock: str, left: list[str]) -> None:
    case = branch({"borough": "Camden", "stock": stock})
    assert [missing.slot.item for missing in walk.missing(TINY, case)] == left
    assert walk.progress(TINY, case) == Progress(1, len(left) + 1)


def test_an_answer_to_what_does_not_apply_is_no_progress() -> None:
    case = branch({"borough": "Camden", "stock": "books"}, DONE)
    assert walk.progress(TINY, case) == Progress(4, 4)
    assert walk.missing(TINY, case) == ()


def test_what_is_undecided_is_due() -> None:
    assert walk.progress(TINY, branch({"borough": "Camden"}, DONE)) == Progress(8, 8)


def test_nothing_of_a_qualitative_question_is_due() -> None:
    assert "Lb" not in {slot.item for slot in walk.walk_order(TINY, "branch")}


def test_a_no_to_a_key_question_needs_its_reason() -> None:
    facts = {"borough": "Camden", "stock": "books"}
    items = DONE | {"Qa": "no"}
    assert whats(branch(facts, items)) == ["reason for the no to Qa"]
    assert walk.missing(TINY, branch(facts, items))[0].slot == Slot(Aspect.REASON, "Qa")
    assert whats(branch(facts, items, {"Qa": " \n"})) == ["reason for the no to Qa"]
    assert whats(branch(facts, items, {"Qa": "Doors bang."})) == []


def test_a_no_that_does_not_apply_needs_no_reason_until_it_does() -> None:
    items = DONE | {"La": "no"}
    assert whats(branch({"borough": "Camden", "stock": "books"}, items)) == []
    assert whats(branch({"borough": "Camden", "stock": "tools"}, items)) == ["reason for the no to La"]


def after(case: Case, place: Slot | None) -> str | None:
    found = walk.next_missing(TINY, case, place)
    return None if found is None else str(found.slot)


def test_next_missing_goes_on_from_here_and_wraps() -> None:
    case = branch({"stock": "books"}, {"Qa": "no"})
    assert after(case, None) == "fact:borough"
    assert after(case, Slot(Aspect.FACT, "borough")) == "answer:Qax"
    assert after(case, Slot(Aspect.ANSWER, "Qax")) == "reason:Qa"
    assert after(case, Slot(Aspect.JUDGEMENT, "Qa")) == "reason:Qa"
    assert after(case, Slot(Aspect.REASON, "Qa")) == "judgement:Qb"
    assert after(case, Slot(Aspect.JUDGEMENT, "Qb")) == "fact:borough"  # nothing behind: from the start
    assert after(case, Slot(Aspect.ANSWER, "Lay")) == "fact:borough"  # a place that does not apply
    assert after(case, Slot(Aspect.NOTE)) == "fact:borough"  # no place of the walk


def test_next_missing_stays_where_one_thing_alone_is_missing() -> None:
    case = branch({"borough": "Camden", "stock": "books"}, DONE | {"Qb": "no"})
    place = Slot(Aspect.REASON, "Qb")
    assert after(case, place) == str(place)
    assert after(case.with_value(place, "why"), place) is None


@given(st.data())
def test_following_next_missing_ends_with_nothing_missing(data: st.DataObject) -> None:
    framework = data.draw(frameworks)
    case = data.draw(samples_of(framework).flatmap(lambda sample: cases_of(framework, sample)))
    values = {"answer": "yes", "judgement": "no", "reason": "because"}
    facts = fact_values(framework, case.sample)
    place: Slot | None = None
    for _ in range(200):
        found = walk.next_missing(framework, case, place)
        if found is None:
            break
        assert found in walk.missing(framework, case)
        place = found.slot
        value = data.draw(facts[place.item]) if place.aspect is Aspect.FACT else values[place.aspect]
        case = case.with_value(place, value)
    assert walk.missing(framework, case) == ()
    done, due = walk.progress(framework, case)
    assert done == due


@given(st.data())
def test_progress_is_a_plain_count(data: st.DataObject) -> None:
    framework = data.draw(frameworks)
    case = data.draw(samples_of(framework).flatmap(lambda sample: cases_of(framework, sample)))
    due = done = 0
    for fact in framework.facts:
        if case.sample in fact.samples and fact.required:
            due += 1
            done += fact.id in case.facts
    for standard in framework.standards:
        for question in standard.key_questions:
            if standard.sample != case.sample or question.qualitative:
                continue
            if framework.applies(question.id, case.facts) is not Applies.NO:
                due += 1
                done += case.judgement(question.id) is not None
            for prompt in question.prompts:
                if framework.applies(prompt.id, case.facts) is not Applies.NO:
                    due += 1
                    done += case.answer(prompt.id) is not None
    assert walk.progress(framework, case) == (done, due)


# ---------------------------------------------------------------------- what looks odd

ODD = [
    ({"Qax": "yes", "Qay": "yes", "Qa": "yes"}, None),
    ({"Qax": "no", "Qay": "no", "Qa": "yes"}, "judged yes over 2 prompts answered no and 0 answered yes"),
    ({"Qax": "yes", "Qay": "no", "Qa": "yes"}, None),
    ({"Qax": "not_relevant", "Qay": "no", "Qa": "yes"}, "judged yes over 1 prompts answered no and 0"),
    ({"Qax": "yes", "Qay": "yes", "Qa": "no"}, "judged no over 2 prompts answered yes and none answered no"),
    ({"Qax": "yes", "Qay": "not_relevant", "Qa": "no"}, "judged no over 1 prompts answered yes"),
    ({"Qax": "yes", "Qay": "no", "Qa": "no"}, None),
    ({"Qax": "no", "Qay": "no", "Qa": "no"}, None),
    ({"Qax": "not_relevant", "Qay": "not_relevant", "Qa": "no"}, None),
    ({"Qa": "no"}, None),
    ({"Qa": "yes"}, None),
    ({"Qax": "no", "Qay": "no"}, None),
]


@pytest.mark.parametrize(("items", "odd"), ODD)
def test_a_judgement_that_sits_oddly(items: dict[str, str], odd: str | None) -> None:
    case = branch({"stock": "records"}, items)
    question = TINY.key_questions_by_id["Qa"]
    found = walk.sits_oddly(TINY, case, question)
    assert (found or "").startswith(odd or "")
    assert (found is None) is (odd is None)
    oddities = walk.oddities(TINY, case)
    assert [(o.slot, o.what) for o in oddities] == (
        [(Slot(Aspect.REASON, "Qa"), f"Qa is {found}: give the reason.")] if odd else []
    )


def test_an_oddity_with_its_reason_is_none() -> None:
    items = {"Qax": "no", "Qa": "yes"}
    assert len(walk.oddities(TINY, branch({}, items))) == 1
    assert len(walk.oddities(TINY, branch({}, items, {"Qa": "  "}))) == 1
    assert walk.oddities(TINY, branch({}, items, {"Qa": "One door, once."})) == ()


def test_prompts_and_questions_that_do_not_apply_are_never_odd() -> None:
    items = {"Qax": "yes", "Qay": "no", "Qa": "no", "Lax": "no", "La": "yes"}
    assert [o.slot.item for o in walk.oddities(TINY, branch({"stock": "records"}, items))] == ["La"]
    assert [o.slot.item for o in walk.oddities(TINY, branch({"stock": "books"}, items))] == ["Qa"]
    assert [o.slot.item for o in walk.oddities(TINY, branch({}, items))] == ["La"]  # undecided may be odd


# ---------------------------------------------------------------------- marks


@pytest.mark.parametrize(
    ("facts", "mark"),
    [({}, Mark.MISSING), ({"stock": "books"}, Mark.MISSING), ({"borough": "Camden"}, Mark.DONE)],
)
def test_mark_of_the_facts(facts: dict[str, str], mark: Mark) -> None:
    assert walk.facts_mark(TINY, branch(facts)) is mark


def test_mark_of_facts_half_there() -> None:
    assert walk.facts_mark(CRC, build(CRC, "unpaid_work", {"gender": "male"})) is Mark.STARTED


@pytest.mark.parametrize(
    ("question", "facts", "items", "reasons", "mark"),
    [
        ("Lb", {}, {}, {}, Mark.QUALITATIVE),
        ("La", {"stock": "books"}, DONE, {}, Mark.NOT_APPLICABLE),
        ("La", {}, {}, {}, Mark.MISSING),
        ("La", {}, DONE, {}, Mark.DONE),
        ("Qa", {"stock": "books"}, {}, {}, Mark.MISSING),
        ("Qa", {"stock": "books"}, {"Qay": "yes"}, {}, Mark.MISSING),  # answered, but it does not apply
        ("Qa", {"stock": "books"}, {"Qax": "yes"}, {}, Mark.STARTED),
        ("Qa", {"stock": "books"}, {"Qa": "yes"}, {}, Mark.STARTED),
        ("Qa", {"stock": "books"}, {"Qax": "yes", "Qa": "yes"}, {}, Mark.DONE),
        ("Qa", {"stock": "records"}, {"Qax": "yes", "Qa": "yes"}, {}, Mark.STARTED),
        ("Qa", {"stock": "books"}, {"Qax": "no", "Qa": "no"}, {}, Mark.STARTED),  # its reason is due
        ("Qa", {"stock": "books"}, {"Qax": "no", "Qa": "no"}, {"Qa": "why"}, Mark.DONE),
        ("Qa", {"stock": "books"}, {"Qax": "no", "Qa": "yes"}, {}, Mark.WARNING),
        ("Qa", {"stock": "books"}, {"Qax": "no", "Qa": "yes"}, {"Qa": "why"}, Mark.DONE),
        ("Qa", {"stock": "records"}, {"Qax": "no", "Qa": "yes"}, {}, Mark.STARTED),  # odd, and not done
        ("Qb", {}, {"Qb": "yes"}, {}, Mark.DONE),
    ],
)
def test_mark_of_a_key_question(
    question: str, facts: dict[str, str], items: dict[str, str], reasons: dict[str, str], mark: Mark
) -> None:
    case = branch(facts, items, reasons)
    assert walk.question_mark(TINY, case, TINY.key_questions_by_id[question]) is mark


@pytest.mark.parametrize(
    ("standard", "facts", "items", "mark"),
    [
        ("L", {"stock": "books"}, {}, Mark.NOT_APPLICABLE),
        ("L", {"stock": "tools"}, {}, Mark.MISSING),
        ("Q", {"stock": "books"}, {}, Mark.MISSING),
        ("Q", {"stock": "books"}, {"Qax": "yes"}, Mark.STARTED),
        ("Q", {"stock": "books"}, {"Qb": "yes"}, Mark.STARTED),  # one done, one missing
        ("Q", {"stock": "books"}, {"Qax": "no", "Qa": "yes"}, Mark.STARTED),  # missing asks for more than odd
        ("Q", {"stock": "books"}, {"Qax": "no", "Qa": "yes", "Qb": "yes"}, Mark.WARNING),
        ("Q", {"stock": "books"}, {"Qax": "yes", "Qa": "yes", "Qb": "yes"}, Mark.DONE),
    ],
)
def test_mark_of_a_standard(standard: str, facts: dict[str, str], items: dict[str, str], mark: Mark) -> None:
    found: Standard = TINY.standards_by_id[standard]
    assert walk.standard_mark(TINY, branch(facts, items), found) is mark


def test_every_mark_is_tested() -> None:
    marks = [mark.args[-1] for mark in test_mark_of_a_key_question.pytestmark]  # type: ignore[attr-defined]
    seen = {row[-1] for rows in marks for row in rows}
    assert seen == set(Mark)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_questions_are_in_the_order_of_the_instrument(name: str) -> None:
    framework = FRAMEWORKS[name]
    for sample in framework.samples:
        questions = walk.questions_for(framework, sample.id)
        assert [q.id for q in questions] == [
            q.id for s in framework.standards if s.sample == sample.id for q in s.key_questions
        ]
