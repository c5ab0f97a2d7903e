"""conversations/office_calendar.py: working time over nights, holidays and changes of the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bussola.closed_days import national_holidays
from bussola.conversations.office_calendar import (
    Intervals,
    NeverOpen,
    OfficeCalendar,
    on_weekdays,
)

ROME = ZoneInfo("Europe/Rome")
NATIONAL = national_holidays()
SPLIT: Intervals = ((time(9), time(13)), (time(14), time(17)))
INSTANT = timedelta(microseconds=1)


def closed(day: date) -> str | None:
    """The national holidays, Rome's patron and a week of August."""
    if (day.month, day.day) == (6, 29):
        return "Santi Pietro e Paolo (patrono)"
    if date(2027, 8, 9) <= day <= date(2027, 8, 13):
        return "chiusura estiva"
    return NATIONAL(day)


OFFICE = OfficeCalendar(dict.fromkeys(range(5), SPLIT), ROME, closed)
NIGHTS = OfficeCalendar(dict.fromkeys(range(7), ((time(0), time(6)),)), ROME, lambda _: None)
"""Open while the clocks change, at two or at three on a Sunday."""


def at(text: str, fold: int = 0) -> datetime:
    """A moment in Rome, as UTC; `fold` 1 is the second time the clock says it."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME, fold=fold).astimezone(UTC)


moments = st.datetimes(
    datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
minutes = st.integers(0, 6000)
_times = st.lists(st.times(), min_size=2, max_size=6, unique=True).map(sorted)


@st.composite
def calendars(draw: st.DrawFn) -> OfficeCalendar:
    """Any week of hours by the minute, which the clocks do not change, with the real closures."""
    hours: dict[int, Intervals] = {}
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        ends = [end.replace(second=0, microsecond=0) for end in draw(_times)]
        ends = sorted({end for end in ends if end.hour not in {1, 2, 3}})
        pairs = list(zip(ends[::2], ends[1::2], strict=False))
        if pairs:
            hours[day] = tuple(pairs)
    assume(hours)
    return OfficeCalendar(hours, ROME, closed)


def inside(calendar: OfficeCalendar, moment: datetime) -> bool:
    """In office hours, or exactly at their end."""
    return calendar.is_open(moment) or calendar.is_open(moment - INSTANT)


@given(calendars(), moments, minutes)
def test_adding_then_subtracting_agree(
    calendar: OfficeCalendar, moment: datetime, minutes: int
) -> None:
    """As many minutes lie between a moment and its sum as were added."""
    later = calendar.add_working_minutes(moment, minutes)
    assert later >= moment
    assert calendar.working_minutes_between(moment, later) == minutes
    assert calendar.working_minutes_between(later, moment) == -minutes


@given(calendars(), moments, minutes)
def test_a_sum_is_never_outside_hours(
    calendar: OfficeCalendar, moment: datetime, minutes: int
) -> None:
    """Whatever is added, the result is in office hours or at their end."""
    assert inside(calendar, calendar.add_working_minutes(moment, minutes))


@given(calendars(), moments, moments, minutes, minutes)
def test_time_does_not_run_backwards(
    calendar: OfficeCalendar, one: datetime, two: datetime, few: int, many: int
) -> None:
    """A later start or more minutes never give an earlier end; a day neither."""
    one, two = sorted((one, two))
    few, many = sorted((few, many))
    assert calendar.add_working_minutes(one, few) <= calendar.add_working_minutes(two, few)
    assert calendar.add_working_minutes(one, few) <= calendar.add_working_minutes(one, many)
    assert calendar.next_opening(one) <= calendar.next_opening(two)
    assert calendar.add_working_days(one, 2) <= calendar.add_working_days(two, 2)


@given(calendars(), moments, moments, moments)
def test_stretches_add_up(
    calendar: OfficeCalendar, one: datetime, two: datetime, three: datetime
) -> None:
    """From one moment to another over a third is as long as directly."""
    parts = calendar.working_minutes_between(one, two) + calendar.working_minutes_between(
        two, three
    )
    assert parts == pytest.approx(calendar.working_minutes_between(one, three), abs=1e-6)


@given(calendars(), moments)
def test_the_next_opening_is_open(calendar: OfficeCalendar, moment: datetime) -> None:
    """The office is open then, and not a minute of work lies before."""
    opening = calendar.next_opening(moment)
    assert calendar.is_open(opening)
    assert calendar.working_minutes_between(moment, opening) == 0
    assert (opening == moment) is calendar.is_open(moment)


@given(calendars(), moments, st.integers(0, 10))
def test_a_counted_day_is_worked(calendar: OfficeCalendar, moment: datetime, days: int) -> None:
    """Working days end on a worked day, whose closing is not before the moment."""
    day = calendar.add_working_days(moment, days)
    assert calendar.working_day(day)
    assert calendar.closing_of(day) > moment


@given(calendars(), moments)
def test_minutes_are_counted_as_one_would_by_hand(
    calendar: OfficeCalendar, moment: datetime
) -> None:
    """Two days, minute by minute, give what the calendar says."""
    start = moment.replace(second=0, microsecond=0)
    ticks = [start + timedelta(minutes=number) for number in range(2 * 24 * 60)]
    worked = sum(calendar.is_open(tick) for tick in ticks)
    assert calendar.working_minutes_between(start, start + timedelta(days=2)) == worked


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T12:59", True),
        ("2026-11-23T13:00", False),  # lunch
        ("2026-11-23T14:00", True),
        ("2026-11-23T16:59", True),
        ("2026-11-23T17:00", False),
        ("2026-11-28T10:00", False),  # Saturday
        ("2026-12-25T10:00", False),
        ("2027-03-29T10:00", False),  # Easter Monday
        ("2027-03-26T10:00", True),  # Good Friday
        ("2027-10-04T10:00", False),
        ("2026-06-29T10:00", False),
    ],
)
def test_the_office_is_open_in_its_hours(moment: str, open_: bool) -> None:
    """From opening to closing on working days only, not over lunch."""
    assert OFFICE.is_open(at(moment)) is open_


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),  # open already
        ("2026-11-23T13:00", "2026-11-23T14:00"),
        ("2026-11-27T16:59", "2026-11-27T16:59"),
        ("2026-11-27T17:00", "2026-11-30T09:00"),  # Friday evening
        ("2026-11-29T03:00", "2026-11-30T09:00"),  # Sunday night
        ("2026-12-24T17:00", "2026-12-28T09:00"),  # Christmas
        ("2027-03-27T10:00", "2027-03-30T09:00"),  # Easter
        ("2027-10-02T10:00", "2027-10-05T09:00"),  # Saint Francis, a Monday
        ("2026-06-26T17:00", "2026-06-30T09:00"),  # the patron, a Monday
        ("2027-08-06T17:00", "2027-08-16T09:00"),  # the summer
        ("2026-12-31T23:59", "2027-01-04T09:00"),
    ],
)
def test_the_next_opening(moment: str, opens: str) -> None:
    """Nights, weekends and holidays are skipped."""
    assert OFFICE.next_opening(at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("moment", "minutes", "ends"),
    [
        ("2026-11-23T10:00", 60, "2026-11-23T11:00"),
        ("2026-11-23T12:30", 60, "2026-11-23T14:30"),  # over lunch
        ("2026-11-23T12:30", 30, "2026-11-23T13:00"),  # just before it
        ("2026-11-27T16:59", 15, "2026-11-30T09:14"),  # one minute of Friday
        ("2026-11-29T03:00", 15, "2026-11-30T09:15"),  # Sunday at three
        ("2026-12-24T16:00", 120, "2026-12-28T10:00"),  # Christmas Eve
        ("2026-12-24T16:00", 60, "2026-12-24T17:00"),
        ("2027-03-26T16:30", 60, "2027-03-30T09:30"),  # over Easter Monday
        ("2026-11-23T09:00", 420 * 5, "2026-11-27T17:00"),  # a week
        ("2026-11-28T10:00", 0, "2026-11-30T09:00"),
    ],
)
def test_working_minutes_are_added(moment: str, minutes: int, ends: str) -> None:
    """The sum stops at closing and goes on at the next opening."""
    assert OFFICE.add_working_minutes(at(moment), minutes) == at(ends)


def test_time_is_not_taken_back() -> None:
    """Negative minutes are an error."""
    with pytest.raises(ValueError):
        OFFICE.add_working_minutes(at("2026-11-23T10:00"), -1)


def test_the_result_is_the_same_in_any_zone() -> None:
    """A moment counts, not the zone it is written in."""
    rome, tokyo = at("2026-11-27T16:59"), ZoneInfo("Asia/Tokyo")
    there = rome.astimezone(tokyo)
    assert OFFICE.add_working_minutes(there, 15) == OFFICE.add_working_minutes(rome, 15)
    assert OFFICE.next_opening(there).tzinfo is UTC
    assert OFFICE.working_minutes_between(there, rome + timedelta(days=2)) == 1


def days(first: str, last: str) -> Iterator[str]:
    """The days closed from one moment to another, as text."""
    return (f"{day} {why}" for day, why in OFFICE.closed_days_between(at(first), at(last)))


def test_closed_days_say_why() -> None:
    """In Italian; holidays that fall on a weekend delay nobody."""
    assert list(days("2025-12-23T10:00", "2025-12-29T10:00")) == [
        "2025-12-25 Natale", "2025-12-26 Santo Stefano",
    ]  # fmt: skip
    assert list(days("2026-12-23T10:00", "2026-12-29T10:00")) == ["2026-12-25 Natale"]
    assert list(days("2027-03-25T10:00", "2027-03-31T10:00")) == ["2027-03-29 Lunedì dell'Angelo"]
    assert list(days("2026-06-26T10:00", "2026-06-30T10:00")) == [
        "2026-06-29 Santi Pietro e Paolo (patrono)"
    ]
    assert len(list(days("2027-08-06T10:00", "2027-08-16T10:00"))) == 5
    assert list(days("2026-11-23T10:00", "2026-11-30T10:00")) == []


def test_saint_francis_is_a_holiday_again_from_2026() -> None:
    """4 October: not in 2025, free in 2026 because it is a Sunday, a holiday on a Monday in 2027."""
    assert closed(date(2025, 10, 4)) is None
    assert "Francesco" in str(closed(date(2026, 10, 4)))
    assert list(days("2026-10-02T10:00", "2026-10-06T10:00")) == []
    (found,) = days("2027-10-01T10:00", "2027-10-05T10:00")
    assert found.startswith("2027-10-04 Festa nazionale di San Francesco")


def test_two_holidays_on_one_day_have_both_names() -> None:
    """25 April 2011 was Easter Monday too."""
    name = str(NATIONAL(date(2011, 4, 25)))
    assert name == "Anniversario della Liberazione e Lunedì dell'Angelo"


def test_the_names_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Italian, whatever the locale says."""
    monkeypatch.setenv("LANGUAGE", "en_US")
    assert national_holidays()(date(2026, 12, 25)) == "Natale"


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2027-03-28T00:00", "2027-03-28T06:00", 5),  # spring: no hour from two to three
        ("2026-10-25T00:00", "2026-10-25T06:00", 7),  # autumn: that hour comes twice
        ("2026-10-26T00:00", "2026-10-26T06:00", 6),
    ],
)
def test_nights_of_the_clock(first: str, last: str, hours: int) -> None:
    """Who works while the clocks change works an hour less or more."""
    assert NIGHTS.working_minutes_between(at(first), at(last)) == hours * 60
    assert NIGHTS.add_working_minutes(at(first), hours * 60) == at(last)


def test_the_hour_that_comes_twice() -> None:
    """From half past two to half past two is an hour of work in the autumn night."""
    once, again = at("2026-10-25T02:30"), at("2026-10-25T02:30", fold=1)
    assert NIGHTS.working_minutes_between(once, again) == 60
    assert NIGHTS.add_working_minutes(once, 60) == again
    assert NIGHTS.is_open(once)
    assert NIGHTS.is_open(again)
    wall = [moment.astimezone(ROME) for moment in (at("2026-10-25T02:50"), again)]
    assert NIGHTS.working_minutes_between(*wall) == 40


@pytest.mark.parametrize("sunday", ["2027-03-28", "2026-10-25"])
def test_the_clocks_do_not_move_the_opening(sunday: str) -> None:
    """The office opens at nine by the clock on the wall before and after."""
    monday = date.fromisoformat(sunday) + timedelta(days=1)
    monday += timedelta(days=1) if NATIONAL(monday) else timedelta()
    friday = date.fromisoformat(sunday) - timedelta(days=2)
    start = at(f"{friday}T16:00")
    assert OFFICE.add_working_minutes(start, 90) == at(f"{monday}T09:30")
    assert OFFICE.working_minutes_between(start, at(f"{monday}T10:00")) == 120


@given(st.integers(0, 3 * 24 * 60), st.integers(0, 900), st.sampled_from([26, 23]))
def test_sums_agree_over_a_night_of_the_clock(after: int, minutes: int, day: int) -> None:
    """Adding then subtracting agree in both nights, minute by minute."""
    month = "2027-03" if day == 26 else "2026-10"
    start = at(f"{month}-{day}T00:00") + timedelta(minutes=after)
    end = NIGHTS.add_working_minutes(start, minutes)
    assert NIGHTS.working_minutes_between(start, end) == minutes
    assert inside(NIGHTS, end)


def test_hours_that_the_clocks_skip_do_no_harm() -> None:
    """An office that opens inside the hour that is not there still gives an answer."""
    odd = OfficeCalendar({6: ((time(2, 30), time(3)),)}, ROME, lambda _: None)
    start = at("2027-03-27T12:00")
    assert odd.add_working_minutes(start, 10) == at("2027-04-04T02:40")
    assert odd.next_opening(start) == at("2027-04-04T02:30")


def test_an_ordinary_day() -> None:
    """The average over the days worked."""
    assert OFFICE.minutes_a_day == 420
    short_friday = OfficeCalendar(
        {**on_weekdays(time(9), time(17)), 4: ((time(9), time(13)),)}, ROME, closed
    )
    assert short_friday.minutes_a_day == (4 * 480 + 240) / 5


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {0: ()},
        {0: ((time(13), time(9)),)},
        {0: ((time(9), time(9)),)},
        {0: ((time(9), time(13)), (time(12), time(17)))},
    ],
)
def test_impossible_hours_are_refused(hours: dict[int, Intervals]) -> None:
    """No hours, or hours that are not in order."""
    with pytest.raises(ValueError):
        OfficeCalendar(hours, ROME, closed)


def test_an_office_closed_for_ever_is_an_error() -> None:
    """The search ends."""
    never = OfficeCalendar(on_weekdays(time(9), time(17)), ROME, lambda _: "lavori")
    with pytest.raises(NeverOpen):
        never.next_opening(at("2026-11-23T10:00"))
    assert never.working_minutes_between(at("2026-11-23T10:00"), at("2026-11-30T10:00")) == 0
