"""What time it is, for screens and commands: by this machine or, in the sample inspection, in its own time."""

from __future__ import annotations

from datetime import date, datetime

from fieldtool.store.chain.clock import system_clock


def now() -> datetime:
    """The time of day, with its offset from UTC."""
    return system_clock()


def today() -> date:
    """The day that it is."""
    return system_clock().date()
