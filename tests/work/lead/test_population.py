"""The list that a sample is drawn from: its strata counted at once, drawn on trial, and the same as the draw itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from builders.cases import CRC
from builders.populations import SAMPLE, draw_of, leading, population
from fieldtool.domain.errors import Mistyped
from fieldtool.domain.kinds.sample import ListImported
from fieldtool.domain.method.case_list import ListedCase
from fieldtool.domain.words.samples import sizing
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead import draws, list_import
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.population import Population


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Lead]:
    with leading(tmp_path / "trial.db") as found:
        yield found


def test_strata_are_counted_as_the_framework_has_them(lead: Lead) -> None:
    cases = population(200)
    list_import.propose(lead, SAMPLE, cases).carry_out()
    those = draws.population(lead, SAMPLE)
    assert those is not None
    counted = Counter(CRC.stratum_of(SAMPLE, case.facts) for case in cases)
    assert dict(those.strata) == {stratum: counted[stratum] for stratum in CRC.strata_for(SAMPLE)}
    assert those.total == 200
    assert Counter(case.stratum for case in those.cases) == counted


def test_a_trial_is_the_draw_and_records_nothing(lead: Lead) -> None:
    list_import.propose(lead, SAMPLE, population(200)).carry_out()
    those = draws.population(lead, SAMPLE)
    assert those is not None
    tried = those.drawn(40, 20, 7)
    assert draw_of(lead, SAMPLE) is None
    assert draws.recorded(lead.inspection, SAMPLE) is None
    assert draws.propose(lead, SAMPLE, 40, buffer=20, seed=7).carry_out().drawn == tried
    found = draws.recorded(lead.inspection, SAMPLE)
    assert found is not None
    assert found.population.drawn(found.event.size, found.event.buffer, found.event.seed) == tried
    assert found.population.as_recorded(found.event) == tried
    assert those.planned(40, 20) == tried.plan
    assert (found.actor, found.wall[:4].isdigit()) == ("LEAD-1", True)
    assert draws.cases_here(lead) == {SAMPLE: 40}
    assert draws.why_final(lead, SAMPLE) == ""


def test_what_is_in_another_sample_is_left_out_and_told(lead: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_import, "refs_elsewhere", lambda *_: frozenset())  # as earlier versions had it
    list_import.propose(
        lead, "unpaid_work", [ListedCase("X0003", {}), ListedCase("U1", {})], all_at_once=True
    ).carry_out()
    list_import.propose(lead, SAMPLE, population(20)).carry_out()
    those = draws.population(lead, SAMPLE)
    assert those is not None
    assert (those.left_out, those.total) == (frozenset(["X0003"]), 19)
    first = those.explained(those.planned(19, 0))[0].sentences[0]
    assert first == "1 case of the list cannot be drawn, being in another sample already."


def test_a_later_list_does_not_change_what_was_drawn(lead: Lead) -> None:
    list_import.propose(lead, SAMPLE, population(60)).carry_out()
    drawn = draws.propose(lead, SAMPLE, 20, seed=1).carry_out().drawn
    list_import.propose(lead, SAMPLE, population(5)).carry_out()
    found, now = draws.recorded(lead.inspection, SAMPLE), draws.population(lead, SAMPLE)
    assert found is not None
    assert now is not None
    assert (found.population.total, now.total) == (60, 5)
    assert found.population.drawn(20, 0, 1) == drawn
    assert {sample: seen.cases for sample, seen in draws.lists_seen(lead).items()} == {SAMPLE: 5}


def test_a_case_that_fits_no_stratum() -> None:
    strata = tuple(stratum for stratum in CRC.strata if stratum.when)
    framework = CRC.model_copy(update={"strata": strata})
    listed = ListImported.of(
        SAMPLE, (ListedCase("X1", {"gender": "female"}), ListedCase("X2", {"gender": "male"}))
    )
    those = Population(framework, listed, ())
    assert those.total == 1
    with pytest.raises(
        InspectionError, match=r"X2 fits no stratum of the framework, and 0 more: bring the list"
    ):
        those.drawn(1, 0, 1)


def test_a_list_that_knows_no_facts_is_one_stratum() -> None:
    those = Population(CRC, ListImported.of("unpaid_work", (ListedCase("U1", {}), ListedCase("U2", {}))), ())
    assert dict(those.strata) == {"all": 2}
    assert [(case.cluster, case.ldu, case.officer) for case in those.cases] == [
        ("not recorded", "not recorded", "")
    ] * 2


@pytest.mark.parametrize(
    ("size", "words", "formula"),
    [
        (
            None,
            "145 cases of 1,217: a share within 5 points, with a confidence of 80 per cent.",
            "n0 = 1.2816²",
        ),
        (
            148,
            "148 cases of 1,217 show a share within 4.94 points, with a confidence of 80 per cent.",
            "e = 1.2816 ×",
        ),
        (2000, "1,217 cases of 1,217 show a share within 0.00 points", "e = "),
    ],
)
def test_sizes_in_words(size: int | None, words: str, formula: str) -> None:
    found = sizing(1217, Decimal(80), Decimal(5), size)
    assert found.in_words.startswith(words)
    assert found.formula.startswith(formula)
    assert found.size == (size or 145)


def test_figures_that_make_no_size() -> None:
    with pytest.raises(Mistyped, match=r"must lie between 0\.01 and 99\.99 per cent"):
        sizing(100, Decimal(80), Decimal(0), None)
