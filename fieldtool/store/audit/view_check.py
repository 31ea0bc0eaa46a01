"""Whether the views of a file are those that its log gives."""

from __future__ import annotations

from collections.abc import Iterator

from fieldtool.domain.log.events import EventId
from fieldtool.domain.log.findings import Finding, Touched, finding
from fieldtool.store.chain.reading import INSERT, find_event, read_events
from fieldtool.store.file.database import Database, Row
from fieldtool.store.views.projection import Projection
from fieldtool.store.views.tables import VIEWS


def view_differences(database: Database, altered: bool) -> Iterator[Finding]:
    """Whether the views are what the log says.

    Args:
        altered: whether the log is not what was written; then the views may be the better witness.
    """
    with Database.in_memory() as fresh:
        fresh.connection.execute("BEGIN")
        fresh.connection.executemany(INSERT, database.rows("SELECT * FROM event"))
        Projection(fresh).rebuild(lambda: read_events(fresh))
        for view in VIEWS:
            ours = {tuple(row) for row in database.rows(f"SELECT * FROM {view}")}
            theirs = {tuple(row) for row in fresh.rows(f"SELECT * FROM {view}")}
            if view == "tally":
                ours, theirs = ({row for row in rows if any(row[2:])} for rows in (ours, theirs))
            if ours != theirs:
                yield _difference(database, view, ours ^ theirs, altered)
                if view == "head":
                    yield from _shown(ours, theirs)
        fresh.connection.execute("ROLLBACK")


def _difference(database: Database, view: str, rows: set[Row], altered: bool) -> Finding:
    """Say in what a view differs from the log: of which cases or items, and by which events."""
    concerned = sorted({_concerned(view, row) for row in rows})
    number = f"{len(rows)} rows" if len(rows) > 1 else "1 row"
    more = f" and {len(concerned) - 5} more" if len(concerned) > 5 else ""
    ids = sorted({EventId(*row[_IDS[view] : _IDS[view] + 3]) for row in rows}) if view in _IDS else []
    events = [find_event(database, id) for id in ids]
    return finding(
        "view",
        f"The view {view} differs from the log in {number}, about {', '.join(concerned[:5])}{more}.",
        "Do not rebuild it yet: the log itself was altered, and what is shown may be what was first recorded."
        if altered
        else "Run `fieldtool rebuild`: the log is the truth, and the view is made anew from it.",
        [Touched.of(event) if event else Touched.missing(id) for id, event in zip(ids, events, strict=True)],
    )


def _shown(ours: set[Row], theirs: set[Row]) -> Iterator[Finding]:
    """Say which values are shown that are not those of the log."""
    shown, logged = ({row[:2]: row[7] for row in rows if row[6]} for rows in (ours, theirs))
    for subject, slot in sorted(shown.keys() | logged.keys()):
        value, other = shown.get((subject, slot)), logged.get((subject, slot))
        if value != other:
            yield finding(
                "view",
                f"Shown of {slot.replace(':', ' ', 1)} of {subject or 'the inspection'} is {_quoted(value)}; "
                f"by the log it is {_quoted(other)}.",
            )


def _quoted(value: str | None) -> str:
    if value is None:
        return "nothing"
    return value if len(value) <= 60 else f"{value[:60]} …"


def _concerned(view: str, row: Row) -> str:
    """What a row of a view is about."""
    match view:
        case "head":
            return f"{row[1]} of {row[0] or 'the inspection'}"
        case "case_line":
            return f"case {row[0]}"
        case "tally":
            return f"item {row[0]}"
        case _:
            return f"event {EventId(*row[:3])}"


_IDS = {"head": 2, "replaced_early": 0, "set_aside": 0, "beyond_removal": 0}
"""In which column the id of an event begins, of the views that name events."""
