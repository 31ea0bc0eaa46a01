"""What is kept of the figures that an inspection is compared with."""

from __future__ import annotations

from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.method.figures import TITLES, Whose
from fieldtool.store.file.database import Database


def figures(database: Database) -> dict[Whose, FiguresImported]:
    """Read the figures of each set that there is, the previous inspection's first."""
    rows: dict[str, str] = dict(
        database.rows(
            "SELECT slot, value FROM head WHERE subject = '' AND slot >= 'figures:' AND slot < 'figures;'"
            " AND shown AND value IS NOT NULL"
        )
    )
    found = {whose: rows.get(f"figures:{whose}") for whose in TITLES}
    return {whose: FiguresImported.model_validate_json(value) for whose, value in found.items() if value}
