"""The case lists of the sample inspection, as its service would have sent them, and what must come of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from fieldtool.work.demo import sample_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

FACTS = (
    "gender",
    "disposal",
    "rosh_service",
    "ethnicity",
    "disability",
    "hub",
    "ldu",
    "officer",
    "officer_grade",
)
"""What a service knows of a case; the rest is for inspectors to find out."""

Cases = dict[str, tuple[str, Mapping[str, str], str | None]]


def cases_of(path: Path, key: bytes | None = None) -> Cases:
    """The cases of an inspection: sample type, facts of the service, and who holds them."""
    with InspectionFile.open(path, to_write=False, key=key) as inspection_file:
        return {
            case.ref: (case.sample, {f: v for f, v in case.facts.items() if f in FACTS}, case.holder)
            for case in Inspection(inspection_file).cases()
        }


def write_lists(folder: Path, cases: Cases) -> dict[str, Path]:
    """Write the case lists, in words and not by the ids of the framework; one for each sample type."""
    with InspectionFile.open(sample_file(), to_write=False) as inspection_file:
        framework = Inspection(inspection_file).framework
    found = {}
    for sample in framework.samples:
        facts = [
            framework.facts_by_id[fact] for fact in FACTS if sample.id in framework.facts_by_id[fact].samples
        ]
        found[sample.id] = folder / f"{sample.id}.csv"
        with found[sample.id].open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["CRN", *(fact.title for fact in facts)])
            for ref, (of, values, _) in cases.items():
                if of == sample.id:
                    rows.writerow([ref, *(fact.label(values.get(fact.id)) for fact in facts)])
    return found
