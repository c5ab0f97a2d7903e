"""The office's time: when it is open, and how long something takes in working time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Intervals = tuple[tuple[time, time], ...]
"""Opening and closing times of one day, in order and apart from each other."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LONGEST_CLOSURE = 1100
"""Days without an opening after which the calendar is taken to be wrong: three years."""


class NeverOpen(ValueError):
    """The hours and the closing days leave no day to work on."""


def on_weekdays(opens: time, closes: time) -> dict[int, Intervals]:
    """The same single interval from Monday to Friday."""
    return dict.fromkeys(range(5), ((opens, closes),))


@dataclass(frozen=True)
class OfficeCalendar:
    """Working time. Every moment given must be aware; every moment returned is UTC.

    Minutes are real ones: an office open while the clocks change works an hour more, or less.
    Raises ValueError for intervals that are empty or overlap, NeverOpen for a week without any.
    """

    hours: Mapping[int, Intervals]
    """By weekday, Monday 0; a day that is not there is not worked."""
    zone: ZoneInfo
    closed: Callable[[date], str | None]
    """Why a day is not worked, as citizens read it ("Natale"); None for any other day."""

    def __post_init__(self) -> None:
        if not any(self.hours.values()):
            raise NeverOpen
        for intervals in self.hours.values():
            ends = [end for interval in intervals for end in interval]
            if any(later <= earlier for earlier, later in pairwise(ends)):
                raise ValueError(intervals)

    @property
    def minutes_a_day(self) -> float:
        """The working minutes of an ordinary day: the average over the days of the week worked."""
        monday = date(2001, 1, 1)
        days = [intervals for intervals in self.hours.values() if intervals]
        lengths = (
            datetime.combine(monday, closes) - datetime.combine(monday, opens)
            for intervals in days
            for opens, closes in intervals
        )
        return sum(lengths, timedelta()) / _MINUTE / len(days)

    def working_day(self, day: date) -> bool:
        """True when the office opens on `day`, a date in its zone."""
        return bool(self.hours.get(day.weekday())) and self.closed(day) is None

    def closing_of(self, day: date) -> datetime:
        """When the office closes for the night on a working day."""
        return self._opened(day)[-1][1]

    def is_open(self, at: datetime) -> bool:
        """Open from the minute of opening to just before that of closing."""
        return any(opens <= at < closes for opens, closes in self._opened(self._day(at)))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on when the office is open: `at` itself when it is."""
        opens, _ = next(self._intervals_from(at))
        return max(opens, at.astimezone(UTC))

    def working_minutes_between(self, a: datetime, b: datetime) -> float:
        """The minutes the office is open from `a` to `b`; negative when `b` comes first."""
        a, b = a.astimezone(UTC), b.astimezone(UTC)
        if b < a:
            return -self.working_minutes_between(b, a)
        worked, day, last = timedelta(), self._day(a), self._day(b)
        while day <= last:
            for opens, closes in self._opened(day):
                worked += max(min(closes, b) - max(opens, a), timedelta())
            day += _DAY
        return worked / _MINUTE

    def add_working_minutes(self, at: datetime, minutes: float) -> datetime:
        """The first moment in office hours, or at their end, with `minutes` worked since `at`.

        Raises ValueError for negative minutes.
        """
        left = timedelta(minutes=minutes)
        if left < timedelta():
            raise ValueError(minutes)
        for opens, closes in self._intervals_from(at):
            start = max(opens, at.astimezone(UTC))
            if left <= closes - start:
                return start + left
            left -= closes - start
        raise NeverOpen

    def closed_days_between(self, a: datetime, b: datetime) -> list[tuple[date, str]]:
        """The days from that of `a` to that of `b` which would be worked, and why they are not.

        A holiday on a day that is free anyway, such as a Sunday, delays nobody and is left out.
        """
        first, last = self._day(a), self._day(b)
        days = (first + _DAY * number for number in range((last - first).days + 1))
        reasons = ((day, self.closed(day)) for day in days if self.hours.get(day.weekday()))
        return [(day, reason) for day, reason in reasons if reason is not None]

    def add_working_days(self, at: datetime, days: int) -> date:
        """The day `days` working days after that of `at`, counted as citizens count: whole days.

        What comes when the office has closed for the day counts from the next working day.
        """
        day = self._day(at)
        if not self.working_day(day) or at >= self.closing_of(day):
            day = self._next_working_day(day)
        for _ in range(days):
            day = self._next_working_day(day)
        return day

    def _next_working_day(self, day: date) -> date:
        for _ in range(_LONGEST_CLOSURE):
            day += _DAY
            if self.working_day(day):
                return day
        raise NeverOpen

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _opened(self, day: date) -> list[tuple[datetime, datetime]]:
        """When the office opens and closes on `day`; nothing on a day that is not worked."""
        if not self.working_day(day):
            return []
        moments = (
            (self._moment(day, opens), self._moment(day, closes))
            for opens, closes in self.hours[day.weekday()]
        )
        # Times in the hour that the clocks skip may come out in the wrong order.
        return [(opens, max(opens, closes)) for opens, closes in moments]

    def _moment(self, day: date, at: time) -> datetime:
        # Through UTC, because two moments of one zone are subtracted by the clock on the wall.
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def _intervals_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The intervals not yet over at `at`, without end."""
        day = self._day(at)
        today = self._opened(day)
        yield from today[bisect_right([closes for _, closes in today], at) :]
        while True:
            day = self._next_working_day(day)
            yield from (found for found in self._opened(day) if found[0] < found[1])
