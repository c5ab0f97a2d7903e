"""Hours and days of the year as staff write them in data/desk.yml."""

from __future__ import annotations

import re
from datetime import date, time

from bussola.conversations.office_calendar import Intervals
from bussola.knowledge.figures import MONTHS
from bussola.text import folded

_WEEKDAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
_INTERVAL = re.compile(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)")
_LEAP_YEAR = 2000


def _weekdays(written: str) -> range:
    """``lun`` or ``lun-ven`` as numbers, Monday 0."""
    first, _, last = written.partition("-")
    ends = [folded(end)[:3] for end in (first, last or first)]
    if not set(ends) <= set(_WEEKDAYS):
        raise ValueError("scrivi i giorni come lun oppure lun-ven")
    start, end = (_WEEKDAYS.index(day) for day in ends)
    if end < start:
        raise ValueError("il primo giorno viene dopo l'ultimo: dividi in due righe")
    return range(start, end + 1)


def _intervals(written: object) -> Intervals:
    """``09:00-13:00, 14:00-17:00`` as times."""
    parts = [_INTERVAL.fullmatch(part.strip()) for part in str(written).split(",")]
    try:
        found = tuple(
            (time.fromisoformat(part[1]), time.fromisoformat(part[2])) for part in parts if part
        )
    except ValueError:
        found = ()
    if len(found) != len(parts):
        raise ValueError("scrivi gli orari come 09:00-13:00, 14:00-17:00")
    ends = [end for interval in found for end in interval]
    if ends != sorted(set(ends)):
        raise ValueError("gli orari non sono in ordine, oppure si sovrappongono")
    return found


def read_hours(written: object) -> dict[int, Intervals]:
    """``{"lun-gio": "09:00-13:00, 14:00-17:00"}`` as intervals by weekday, Monday 0.

    Raises ValueError, in Italian.
    """
    if not isinstance(written, dict) or not written:
        raise ValueError("scrivi una riga per giorno, come lun-ven: 09:00-13:00, 14:00-17:00")
    hours: dict[int, Intervals] = {}
    for days, intervals in written.items():
        found = _intervals(intervals)
        for day in _weekdays(str(days)):
            if day in hours:
                raise ValueError(f"«{_WEEKDAYS[day]}» c'è due volte")
            hours[day] = found
    return hours


def read_day_of_year(written: object) -> tuple[int, int]:
    """``29 giugno`` as month and day. Raises ValueError, in Italian."""
    day, _, month = str(written).strip().partition(" ")
    try:
        found = MONTHS.index(month.strip().lower()) + 1, int(day.rstrip("º°"))
        date(_LEAP_YEAR, *found)
    except ValueError:
        raise ValueError("scrivi il giorno come 29 giugno") from None
    return found
