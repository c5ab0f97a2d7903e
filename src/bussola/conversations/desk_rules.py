"""The rules of the desk: case codes, and by when an expert answers."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from bussola.conversations.office_calendar import OfficeCalendar

# Crockford's alphabet: no I, L, O, U, so that a code can be read aloud and typed on a phone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_case_code() -> str:
    """A code like ``K7QM-2XWD-9TRA``: 60 random bits, because it opens the case page."""
    letters = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def mark_of(digest: bytes) -> str:
    """A mark like ``R-K7QM-2XWD-9TRA`` from at least 12 bytes: read aloud as easily as a code."""
    letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:12]]
    return "R-" + "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def tidy_case_code(typed: str) -> str:
    """A code as people type it (lower case, blanks, O for 0) in its written form."""
    plain = "".join(c for c in typed.upper() if c.isalnum()).translate(_LOOKALIKES)
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def expected_by(opened_at: datetime, working_days: int, calendar: OfficeCalendar) -> date:
    """The day by which an expert answers, counted as citizens count: whole working days.

    A case opened when the office is closed counts from the next working day.
    """
    return calendar.add_working_days(opened_at, working_days)
