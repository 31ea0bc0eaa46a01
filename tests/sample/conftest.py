"""The deeds of the sample inspection, and its cases at any moment, replayed without the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.method.case import Case
from fieldtool.domain.method.framework import Framework
from fieldtool.frameworks.loader import load
from sample_db.diary import Deed, deeds

CasesAt = Callable[[datetime], dict[str, Case]]


@pytest.fixture(scope="session")
def framework() -> Framework:
    """The instrument of the sample inspection."""
    return load("crc_2019")


@pytest.fixture(scope="session")
def diary() -> list[Deed]:
    """Everything that happened."""
    return deeds()


@pytest.fixture(scope="session")
def cases_at(diary: list[Deed]) -> CasesAt:
    """The cases as they stood at a moment."""

    def replay(moment: datetime) -> dict[str, Case]:
        cases: dict[str, Case] = {}
        for deed in diary:
            if deed.wall > moment:
                break
            if isinstance(deed.body, CaseAdded):
                cases[deed.subject] = Case(ref=deed.subject, sample=deed.body.sample)
            if deed.subject:
                cases[deed.subject] = cases[deed.subject].with_value(deed.body.slot, deed.body.value)
        return cases

    return replay


@pytest.fixture(scope="session")
def cases(diary: list[Deed], cases_at: CasesAt) -> list[Case]:
    """The cases as they stood in the end."""
    return list(cases_at(diary[-1].wall).values())
