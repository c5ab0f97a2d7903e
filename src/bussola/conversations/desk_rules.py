"""The rules of the desk: case codes, and by when an expert answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Crockford's alphabet: no I, L, O, U, so that a code can be read aloud and typed on a phone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_case_code() -> str:
    """A code like ``K7QM-2XWD-9TRA``: 60 random bits, because it opens the case page."""
    letters = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def tidy_case_code(typed: str) -> str:
    """A code as people type it (lower case, blanks, O for 0) in its written form."""
    plain = "".join(c for c in typed.upper() if c.isalnum()).translate(_LOOKALIKES)
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))


@dataclass(frozen=True)
class OfficeHours:
    """When experts work; `closed` says which days are holidays."""

    opens: time
    closes: time
    zone: ZoneInfo
    closed: Callable[[date], bool]

    def working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.closed(day)


def expected_by(opened_at: datetime, working_days: int, hours: OfficeHours) -> date:
    """The day by which an expert answers, counted as citizens count: whole working days.

    A case opened when the office is closed counts from the next working day.
    """
    local = opened_at.astimezone(hours.zone)
    day = local.date()
    if not hours.working_day(day) or local.time() >= hours.closes:
        day = _next_working_day(day, hours)
    for _ in range(working_days):
        day = _next_working_day(day, hours)
    return day


def _next_working_day(day: date, hours: OfficeHours) -> date:
    day += timedelta(days=1)
    while not hours.working_day(day):
        day += timedelta(days=1)
    return day


def on_duty(now: datetime, hours: OfficeHours) -> bool:
    """True when the office is open at `now`."""
    local = now.astimezone(hours.zone)
    return hours.working_day(local.date()) and hours.opens <= local.time() < hours.closes
