"""closed_days.py: days written as one says them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.closed_days import written_days

Day = tuple[date, str]


def day(text: str, reason: str = "Natale") -> Day:
    return date.fromisoformat(text), reason


def summer(first: str, days: int) -> list[Day]:
    """The working days of a summer closure."""
    start = date.fromisoformat(first)
    found = (start + timedelta(days=number) for number in range(days))
    return [(each, "chiusura estiva") for each in found if each.weekday() < 5]


@pytest.mark.parametrize(
    ("days", "written"),
    [
        ([day("2026-12-25")], "il 25 dicembre (Natale)"),
        (
            [day("2025-12-25"), day("2025-12-26", "Santo Stefano")],
            "il 25 e il 26 dicembre (Natale, Santo Stefano)",
        ),
        ([day("2026-12-08", "Immacolata Concezione")], "l'8 dicembre (Immacolata Concezione)"),
        (
            [day("2026-12-31", "ponte"), day("2027-01-01", "Capodanno")],
            "il 31 dicembre e il 1º gennaio (ponte, Capodanno)",
        ),
        (
            [day("2025-12-25"), day("2025-12-26", "Santo Stefano"), day("2026-01-01", "Capodanno")],
            "il 25, il 26 dicembre e il 1º gennaio (Natale, Santo Stefano, Capodanno)",
        ),
        (summer("2027-08-09", 5), "dal 9 al 13 agosto (chiusura estiva)"),
        (summer("2027-08-09", 12), "dal 9 al 20 agosto (chiusura estiva)"),
        (summer("2025-08-08", 6), "dall'8 al 13 agosto (chiusura estiva)"),
        (summer("2027-07-29", 6), "dal 29 luglio al 3 agosto (chiusura estiva)"),
        (summer("2027-08-02", 10), "dal 2 all'11 agosto (chiusura estiva)"),
        (summer("2027-08-09", 2), "il 9 e il 10 agosto (chiusura estiva)"),
        (
            [*summer("2027-08-09", 5), day("2027-08-16", "ponte")],
            "dal 9 al 13 agosto e il 16 agosto (chiusura estiva, ponte)",
        ),
    ],
)
def test_days_are_written_as_one_says_them(days: list[Day], written: str) -> None:
    """Articles, elisions, the month once, long closures as a stretch."""
    assert written_days(days) == written


@given(st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=40))
def test_any_days_can_be_written(days: set[date]) -> None:
    """Never an error; every month of a single day is said."""
    written = written_days([(each, "chiuso") for each in sorted(days)])
    assert written.startswith(("il ", "l'", "dal ", "dall'"))
    assert written.endswith("(chiuso)")
