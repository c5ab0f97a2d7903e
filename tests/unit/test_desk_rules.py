"""conversations/desk_rules.py: case codes, and by when an expert answers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.conversations.desk_rules import expected_by, new_case_code, tidy_case_code
from bussola.conversations.office_calendar import OfficeCalendar, on_weekdays
from bussola.desk_settings import load_desk
from bussola.settings import load

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(scope="module")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> OfficeCalendar:
    """The office of the default settings, with the real Italian holidays."""
    return load_desk(load({"BUSSOLA_HOME": str(tmp_path_factory.mktemp("home"))})).calendar()


def at(text: str) -> datetime:
    """A moment in Rome, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


def test_a_code_can_be_read_aloud() -> None:
    """Codes are three groups of four without I, L, O and U."""
    for _ in range(200):
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", new_case_code())


def test_codes_do_not_repeat() -> None:
    """Two thousand codes are two thousand different ones."""
    assert len({new_case_code() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM-2X0D-91RA", "k7qm-2x0d-91ra", "k7qm2x0d91ra", " K7QM 2X0D 91RA ", "K7QM_2XOD_9IRA",
        "k7qm–2xod–9lra", "K7QM.2XOD.91RA", "k7 qm 2x od 91 ra\n",
    ],
)  # fmt: skip
def test_a_code_typed_badly_is_understood(typed: str) -> None:
    """Lower case, blanks, other dashes, O for 0 and I or L for 1 do not matter."""
    assert tidy_case_code(typed) == "K7QM-2X0D-91RA"


@pytest.mark.parametrize("typed", ["", "   ", "---", "K7QM", "città", "K7QM-2X0D-91RA-EXTRA"])
def test_what_is_no_code_stays_none(typed: str) -> None:
    """Something else does not become a code."""
    assert not re.fullmatch(r"\w{4}-\w{4}-\w{4}", tidy_case_code(typed))


@given(st.builds(new_case_code))
def test_tidying_keeps_a_code(code: str) -> None:
    """A code as written stays as it is."""
    assert tidy_case_code(code) == code


@pytest.mark.parametrize(
    ("opened", "by"),
    [
        ("2026-11-23T10:00", "2026-11-25"),  # Monday
        ("2026-11-23T07:00", "2026-11-25"),  # Monday before the office opens
        ("2026-11-23T16:59", "2026-11-25"),
        ("2026-11-23T17:00", "2026-11-26"),  # closed: from Tuesday
        ("2026-11-26T10:00", "2026-11-30"),  # Thursday
        ("2026-11-27T18:30", "2026-12-02"),  # Friday evening
        ("2026-11-28T10:00", "2026-12-02"),  # Saturday
        ("2026-11-29T23:59", "2026-12-02"),  # Sunday
        ("2026-12-04T10:00", "2026-12-09"),  # over the Immacolata, a Tuesday
        ("2026-12-23T10:00", "2026-12-28"),  # over Christmas and Saint Stephen's weekend
        ("2026-12-24T18:00", "2026-12-30"),  # Christmas Eve, evening
        ("2026-12-30T10:00", "2027-01-04"),  # over New Year's Day, a Friday
        ("2027-01-05T10:00", "2027-01-08"),  # over the Epiphany
        ("2027-03-26T10:00", "2027-03-31"),  # Good Friday is worked; Easter Monday is not
        ("2027-03-27T10:00", "2027-04-01"),  # Holy Saturday
        ("2026-04-30T10:00", "2026-05-05"),  # over 1 May
    ],
)
def test_two_working_days(calendar: OfficeCalendar, opened: str, by: str) -> None:
    """The expected day counts whole working days, over weekends and Italian holidays."""
    assert expected_by(at(opened), 2, calendar) == date.fromisoformat(by)


def test_the_day_is_the_one_in_rome(calendar: OfficeCalendar) -> None:
    """A case opened at 23:30 UTC on Sunday is of Monday in Rome."""
    assert expected_by(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), 1, calendar) == date(
        2026, 11, 24
    )


@given(st.integers(0, 2 * 365 * 24), st.integers(1, 10))
def test_the_expected_day_is_worked(later: int, days: int) -> None:
    """Whenever a case is opened, the expected day is a later working day."""
    calendar = OfficeCalendar(
        on_weekdays(time(9), time(17)),
        ROME,
        lambda day: "Natale" if (day.month, day.day) == (12, 25) else None,
    )
    opened = (at("2026-01-01T00:00") + timedelta(hours=later)).astimezone(ROME)
    by = expected_by(opened, days, calendar)
    assert calendar.working_day(by)
    assert (by - opened.date()).days >= days
