"""Cases for the tests of the domain: built by hand in a line, or made up by hypothesis for any framework."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.frameworks.loader import load

TINY_FILE = Path(__file__).parents[1] / "frameworks" / "tiny.toml"
"""The made-up instrument: libraries and their stock, small enough to be counted by hand."""

TINY = load(TINY_FILE)
CRC = load("crc_2019")
FRAMEWORKS = {"tiny": TINY, "crc": CRC}

YES, NO, NOT_RELEVANT = "yes", "no", "not_relevant"


def slot_of(framework: Framework, item: str) -> Slot:
    """Where an item's value is kept, told without the code under test."""
    judged = any(item == q.id for s in framework.standards for q in s.key_questions)
    return Slot(Aspect.JUDGEMENT if judged else Aspect.ANSWER, item)


def build(
    framework: Framework,
    sample: str,
    facts: Mapping[str, str] | None = None,
    items: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
    ref: str = "case",
) -> Case:
    values = {Slot(Aspect.FACT, fact): value for fact, value in (facts or {}).items()}
    values |= {slot_of(framework, item): value for item, value in (items or {}).items()}
    values |= {Slot(Aspect.REASON, item): text for item, text in (reasons or {}).items()}
    return Case(ref=ref, sample=sample, values=values)


def branch(
    facts: Mapping[str, str] | None = None,
    items: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Case:
    """A case of the made-up framework: a branch library."""
    return build(TINY, "branch", facts, items, reasons)


def fact_values(framework: Framework, sample: str) -> dict[str, st.SearchStrategy[str]]:
    """What each case fact of a sample type can be."""
    return {
        fact.id: st.sampled_from([choice.id for choice in fact.choices] or ["north", "south"])
        for fact in framework.facts
        if sample in fact.samples
    }


def item_values(framework: Framework, sample: str) -> dict[str, st.SearchStrategy[str]]:
    """What each counted prompt and key question of a sample type can be answered."""
    found = {}
    for standard in framework.standards:
        for question in standard.key_questions:
            if standard.sample != sample or question.qualitative:
                continue
            found[question.id] = st.sampled_from([YES, NO])
            for prompt in question.prompts:
                found[prompt.id] = st.sampled_from([YES, NO, NOT_RELEVANT])
    return found


def cases_of(framework: Framework, sample: str) -> st.SearchStrategy[Case]:
    """A case at any point of its assessment."""
    return st.builds(
        lambda facts, items: build(framework, sample, facts, items),
        st.fixed_dictionaries({}, optional=fact_values(framework, sample)),
        st.fixed_dictionaries({}, optional=item_values(framework, sample)),
    )


def complete_cases_of(framework: Framework, sample: str) -> st.SearchStrategy[Case]:
    """A case with every fact and every item filled."""
    return st.builds(
        lambda facts, items: build(framework, sample, facts, items),
        st.fixed_dictionaries(fact_values(framework, sample)),
        st.fixed_dictionaries(item_values(framework, sample)),
    )


def filled_up(case: Case, rest: Case) -> Case:
    """The case with every open slot filled from another; what it has already stays."""
    values = {**rest.values, **case.values}
    return Case(ref=case.ref, sample=case.sample, values=values)


def samples_of(framework: Framework) -> st.SearchStrategy[str]:
    return st.sampled_from([sample.id for sample in framework.samples])


frameworks = st.sampled_from([TINY, CRC])


@st.composite
def inspections(draw: st.DrawFn, most: int = 8) -> tuple[Framework, list[Case]]:
    """A framework and a few cases of it, at any point of their assessment."""
    framework = draw(frameworks)
    samples = draw(st.lists(samples_of(framework), max_size=most))
    return framework, [draw(cases_of(framework, sample)) for sample in samples]
