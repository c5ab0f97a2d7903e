"""The days an office is closed: the Italian holidays, and how closed days are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import holidays

from bussola.knowledge.figures import MONTHS

Closed = Sequence[tuple[date, str]]

_NIGHTS_OFF = timedelta(days=4)
"""Days of one closure may lie as far apart, over a weekend, and are still written as one."""
_LONG = 3


def national_holidays() -> Callable[[date], str | None]:
    """The Italian name of a national holiday; None for any other day."""
    # Without the language the library asks the locale of the machine.
    calendar = holidays.country_holidays("IT", language="it_IT")

    def name_of(day: date) -> str | None:
        name = calendar.get(day)
        return name.replace("; ", " e ") if name else None

    return name_of


def written_days(days: Closed) -> str:
    """``il 25 e il 26 dicembre (Natale, Santo Stefano)``; ``dal 10 al 14 agosto (ferie)``.

    `days` are in order and at least one.
    """
    runs = _runs(days)
    following = [*(run[0] for run in runs[1:]), None]
    parts = [_written(run, after) for run, after in zip(runs, following, strict=True)]
    reasons = ", ".join(dict.fromkeys(reason for _, reason in days))
    *others, last = parts
    listed = f"{', '.join(others)} e {last}" if others else last
    return f"{listed} ({reasons})"


def _runs(days: Closed) -> list[list[date]]:
    """Long closures for one reason as their first and last day, every other day by itself."""
    groups: list[list[tuple[date, str]]] = []
    for day, reason in days:
        last = groups[-1][-1] if groups else None
        if last and last[1] == reason and day - last[0] <= _NIGHTS_OFF:
            groups[-1].append((day, reason))
        else:
            groups.append([(day, reason)])
    runs: list[list[date]] = []
    for group in groups:
        found = [day for day, _ in group]
        runs += [[found[0], found[-1]]] if len(found) >= _LONG else [[day] for day in found]
    return runs


def _written(run: list[date], following: date | None) -> str:
    """A day or a run; the month is left out where what follows says it."""
    if len(run) > 1:
        first, last = run
        month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
        until = f"{_with('al', last)} {MONTHS[last.month - 1]}"
        return f"{_with('dal', first)}{month} {until}"
    day = run[0]
    same = following is not None and (following.year, following.month) == (day.year, day.month)
    return _with("il", day) + ("" if same else f" {MONTHS[day.month - 1]}")


_BEFORE_VOWEL = {"il": "l'", "al": "all'", "dal": "dall'"}


def _with(article: str, day: date) -> str:
    """The number of a day with its article: 8 (otto) and 11 (undici) begin with a vowel."""
    if day.day in {8, 11}:
        return f"{_BEFORE_VOWEL[article]}{day.day}"
    return f"{article} {'1º' if day.day == 1 else day.day}"
