"""Which items apply, to which cases, decided by which facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import CRC, TINY
from fieldtool.domain.method.framework import Applies, Framework


def facts_of(framework: Framework) -> st.SearchStrategy[dict[str, str]]:
    """Any choice, or none, for each case fact."""
    choices = {f.id: st.sampled_from([c.id for c in f.choices]) for f in framework.facts if f.choices}
    return st.fixed_dictionaries({}, optional=choices)


def items_of(framework: Framework) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(framework.standard_of))


@pytest.mark.parametrize(
    ("item", "facts", "expected"),
    [
        ("Qa", {}, Applies.YES),
        ("Qay", {}, Applies.UNDECIDED),
        ("Qay", {"borough": "Camden"}, Applies.UNDECIDED),
        ("Qay", {"stock": "books"}, Applies.NO),
        ("Qay", {"stock": "records"}, Applies.YES),
        ("La", {"stock": "books"}, Applies.NO),
        ("Lax", {"stock": "books"}, Applies.NO),
        ("Lax", {"stock": "records"}, Applies.YES),
        ("Lay", {"stock": "records"}, Applies.NO),
        ("Lay", {"stock": "tools"}, Applies.YES),
        ("Lay", {"stock": "a value of another version"}, Applies.NO),
    ],
)
def test_applies(item: str, facts: dict[str, str], expected: Applies) -> None:
    assert TINY.applies(item, facts) is expected


def test_one_excluding_fact_is_enough_whatever_is_unknown() -> None:
    raw = TINY.model_dump(by_alias=True)
    raw["facts"] += ({"id": "roof", "title": "Roof", "choices": (), "samples": ("branch",)},)
    raw["domains"][0]["standards"][1]["key_questions"][0]["prompts"][1]["applies"] = {"roof": ("flat",)}
    framework = Framework.model_validate(raw)
    assert framework.applies("Lay", {"stock": "books"}) is Applies.NO
    assert framework.applies("Lay", {"stock": "tools"}) is Applies.UNDECIDED
    assert framework.applies("Lay", {"roof": "round"}) is Applies.NO
    assert framework.applies("Lay", {"roof": "flat"}) is Applies.UNDECIDED
    assert framework.applies("Lay", {"roof": "flat", "stock": "tools"}) is Applies.YES


def test_an_item_of_no_framework_is_an_error() -> None:
    with pytest.raises(KeyError):
        TINY.applies("Xx", {})


@pytest.mark.parametrize("framework", [TINY, CRC], ids=lambda framework: framework.id)
@given(data=st.data())
def test_without_undecided_facts_nothing_is_undecided(framework: Framework, data: st.DataObject) -> None:
    item, facts = data.draw(items_of(framework)), data.draw(facts_of(framework))
    deciding = {fact for fact, items in framework.decided_by.items() if item in items}
    if deciding <= facts.keys():
        assert framework.applies(item, facts) is not Applies.UNDECIDED


@pytest.mark.parametrize("framework", [TINY, CRC], ids=lambda framework: framework.id)
@given(data=st.data())
def test_learning_more_never_turns_a_decision(framework: Framework, data: st.DataObject) -> None:
    item, facts, more = (
        data.draw(items_of(framework)),
        data.draw(facts_of(framework)),
        data.draw(facts_of(framework)),
    )
    before = framework.applies(item, facts)
    if before is not Applies.UNDECIDED:
        assert framework.applies(item, {**more, **facts}) is before


@pytest.mark.parametrize("framework", [TINY, CRC], ids=lambda framework: framework.id)
@given(data=st.data())
def test_a_fact_moves_only_what_it_decides(framework: Framework, data: st.DataObject) -> None:
    item, facts = data.draw(items_of(framework)), data.draw(facts_of(framework))
    other = {fact: value for fact, value in facts.items() if item in framework.decided_by[fact]}
    assert framework.applies(item, facts) is framework.applies(item, other)


@pytest.mark.parametrize("framework", [TINY, CRC], ids=lambda framework: framework.id)
@given(data=st.data())
def test_a_prompt_never_outlives_its_key_question(framework: Framework, data: st.DataObject) -> None:
    prompt, facts = (
        data.draw(st.sampled_from(sorted(framework.prompts_by_id))),
        data.draw(facts_of(framework)),
    )
    if framework.applies(framework.key_question_of[prompt].id, facts) is Applies.NO:
        assert framework.applies(prompt, facts) is Applies.NO


def test_decided_by() -> None:
    assert TINY.decided_by == {
        "borough": frozenset(),
        "stock": frozenset({"Qay", "La", "Lax", "Lay"}),
    }
    assert CRC.decided_by["rosh_inspector"] == {
        item for item in CRC.standard_of if item.startswith(("2.2.3", "2.3.3", "2.4.3"))
    }
    assert CRC.decided_by["rosh_service"] == frozenset()


def test_items_for_puts_each_key_question_after_its_prompts() -> None:
    assert TINY.items_for("branch") == ("Qax", "Qay", "Qa", "Qb", "Lax", "Lay", "La")
    assert TINY.items_for("van") == ()
    assert CRC.items_for("through_the_gate")[-4:] == ("3.2.3.a", "3.2.3.b", "3.2.3.c", "3.2.3")


@pytest.mark.parametrize("framework", [TINY, CRC], ids=lambda framework: framework.id)
def test_items_of_the_sample_types_are_disjoint_and_all_that_is_counted(framework: Framework) -> None:
    items = [item for sample in framework.samples_by_id for item in framework.items_for(sample)]
    assert len(items) == len(set(items))
    counted = [q for standard in framework.standards for q in standard.counted]
    assert set(items) == {i for q in counted for i in (q.id, *(p.id for p in q.prompts))}


def test_standards_and_facts_of_a_sample_type() -> None:
    assert [s.id for s in CRC.standards_for("case_supervision")] == ["2.1", "2.2", "2.3", "2.4"]
    assert [f.id for f in CRC.facts_for("unpaid_work")] == [
        "gender",
        "disability",
        "ethnicity",
        "hub",
        "ldu",
        "officer",
        "officer_grade",
        "other_work",
    ]
    assert CRC.standards_for("nothing") == ()
    assert CRC.facts_for("nothing") == ()


def test_label_of_a_fact() -> None:
    stock, borough = TINY.facts_by_id["stock"], TINY.facts_by_id["borough"]
    assert stock.label("records") == "Books and records"
    assert stock.label("scrolls") == "scrolls"
    assert stock.label(None) == ""
    assert borough.label("Camden") == "Camden"


def test_judged_and_qualitative_key_questions_are_not_counted() -> None:
    assert CRC.standards_by_id["1.1"].counted == ()
    assert [q.id for q in CRC.standards_by_id["3.1"].counted] == ["3.1.1", "3.1.2", "3.1.4"]
    assert CRC.standard_of["3.1.3"].id == "3.1"
