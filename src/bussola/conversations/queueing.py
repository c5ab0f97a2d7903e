"""The queue of the desk: which case comes first and why, what is late, and honest times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from math import ceil
from typing import Literal

from bussola.conversations.office_calendar import OfficeCalendar

WARN_HOURS = 4.0
MIN_RECENT = 10
"""Fewer recent cases than these say nothing about the next one."""

_PERCENT = 80
_FIRST_LOOK = 15.0
"""Working minutes: nobody reads a case in less, however empty the queue is."""
_WINDOW_CLOSES = timedelta(hours=3)

Level = Literal["ok", "warning", "broken"]
Basis = Literal["measured", "service level"]
_LEVEL: Basis = "service level"
_MEASURED: Basis = "measured"
Calendars = Callable[[str | None], OfficeCalendar]
"""The calendar of a theme; None is a case without one."""


@dataclass(frozen=True)
class CaseFacts:
    """What the queue knows of a case. Moments are aware."""

    id: int
    theme: str | None
    state: Literal["waiting", "taken", "closed"]
    opened_at: datetime
    due: datetime
    """When the service level breaks: the closing of the day promised for the first answer."""
    owner_id: int | None = None
    last_citizen_at: datetime | None = None
    unanswered_since: datetime | None = None
    """The citizen's first words after ours. Without it their last ones count, and then whoever
    writes again starts to wait again."""
    last_staff_at: datetime | None = None
    """The last words of an expert, not of the program."""
    expert_until: datetime | None = None
    """Until when the channel lets an expert write; None is for ever."""
    emergency: bool = False
    held: bool = False
    """Suspended for insults: nobody has to answer for now."""
    labels: tuple[str, ...] = ()
    warn_hours: float = WARN_HOURS
    """Working hours before `due` from which the case is about to break its level."""

    @property
    def answered(self) -> bool:
        """True after the first answer since the case was opened, or opened again."""
        return self.last_staff_at is not None and self.last_staff_at >= self.opened_at

    @property
    def waits_since(self) -> datetime | None:
        """Since when the citizen waits for an expert; None when it is their turn, or nobody's."""
        if self.state == "closed" or self.held:
            return None
        if self.last_staff_at is None or not self.answered:
            return self.opened_at
        since = self.unanswered_since or self.last_citizen_at
        return since if since is not None and since > self.last_staff_at else None


def level_state(case: CaseFacts, now: datetime, calendar: OfficeCalendar) -> Level:
    """How the service level of the first answer stands; "ok" for ever once it has been given."""
    if case.answered or case.waits_since is None:
        return "ok"
    if now >= case.due:
        return "broken"
    left = calendar.working_minutes_between(now, case.due)
    return "warning" if left <= case.warn_hours * 60 else "ok"


@dataclass(frozen=True, order=True)
class Priority:
    """Where a case stands: the smallest goes first. The first of `reasons` decides."""

    tier: int
    order: float
    """Seconds since 1970 of what comes first inside the tier."""
    case_id: int
    reasons: tuple[str, ...] = field(compare=False)
    """Names of texts."""


@dataclass(frozen=True)
class _Reason:
    """`tier` 0 goes before all others; `at` puts the cases of one tier in order."""

    tier: int
    text_key: str
    at: datetime


def rank(case: CaseFacts, now: datetime, calendar: OfficeCalendar) -> Priority:
    """The priority of a case, with every reason that holds, the weightiest first.

    `calendar` is that of the case's theme.
    """
    found = _reasons(case, now, calendar)
    first, names = found[0], tuple(reason.text_key for reason in found)
    return Priority(first.tier, first.at.timestamp(), case.id, names)


def _reasons(case: CaseFacts, now: datetime, calendar: OfficeCalendar) -> list[_Reason]:
    since = case.waits_since
    at = since or case.last_staff_at or case.opened_at
    if case.state == "closed":
        return [_Reason(7, text_key="desk_priority_closed", at=at)]
    found = []
    if case.emergency:
        found.append(_Reason(0, text_key="desk_priority_emergency", at=at))
    if since is not None:
        return [*found, *_urgent(case, since, now, calendar)]
    text_key = "desk_priority_held" if case.held else "desk_priority_citizen"
    return [*found, _Reason(6, text_key, at)]


def _urgent(
    case: CaseFacts, since: datetime, now: datetime, calendar: OfficeCalendar
) -> list[_Reason]:
    """Why a case that waits `since` for an expert should not wait longer; at least one reason."""
    found = []
    until = case.expert_until
    if until is not None and now < until <= now + _WINDOW_CLOSES:
        found.append(_Reason(1, text_key="desk_priority_window", at=until))
    level = level_state(case, now, calendar)
    if level == "broken":
        found.append(_Reason(2, text_key="desk_priority_broken", at=case.due))
    if level == "warning":
        found.append(_Reason(3, text_key="desk_priority_soon", at=case.due))
    if _is_unowned(case, now, calendar):
        found.append(_Reason(4, text_key="desk_priority_unowned", at=since))
    if _is_silent(case, now, calendar):
        found.append(_Reason(4, text_key="desk_priority_silent", at=since))
    found.append(_Reason(5, text_key="desk_priority_waiting", at=since))
    return found


def ranked(cases: Sequence[CaseFacts], now: datetime, calendar_of: Calendars) -> list[CaseFacts]:
    """The cases in the order of the desk."""
    return sorted(cases, key=lambda case: rank(case, now, calendar_of(case.theme)))


def forgotten(
    cases: Sequence[CaseFacts], now: datetime, calendar_of: Calendars
) -> list[CaseFacts]:  # fmt: skip
    """The cases to announce to the supervisor, who has waited longest first.

    Nobody's past half of their service level, or somebody's whose citizen has waited for more
    than an ordinary working day. In the queue they climb above all that only waits.
    """
    found = [case for case in cases if _is_forgotten(case, now, calendar_of(case.theme))]
    return sorted(found, key=lambda case: (case.waits_since or case.opened_at, case.id))


def _is_forgotten(case: CaseFacts, now: datetime, calendar: OfficeCalendar) -> bool:
    return _is_unowned(case, now, calendar) or _is_silent(case, now, calendar)


def _is_unowned(case: CaseFacts, now: datetime, calendar: OfficeCalendar) -> bool:
    since = case.waits_since
    if since is None or case.owner_id is not None:
        return False
    level = calendar.working_minutes_between(case.opened_at, case.due)
    return calendar.working_minutes_between(since, now) > level / 2


def _is_silent(case: CaseFacts, now: datetime, calendar: OfficeCalendar) -> bool:
    since = case.waits_since
    if since is None or case.owner_id is None:
        return False
    return calendar.working_minutes_between(since, now) > calendar.minutes_a_day


def place(case: CaseFacts, queue: Sequence[CaseFacts]) -> int:
    """The place of a case, from 1, among those its experts have still to take.

    `queue` is in the order of the desk; a case that is not in it comes last. Cases without a theme
    are read by the experts of every theme, so they count for all, and all count for them.
    """
    before = takewhile(lambda other: other.id != case.id, queue)
    return 1 + sum(_same_experts(case, other) and _still_to_take(other) for other in before)


def _still_to_take(case: CaseFacts) -> bool:
    return case.state == "waiting" and case.waits_since is not None


def _same_experts(case: CaseFacts, other: CaseFacts) -> bool:
    return case.theme is None or other.theme is None or case.theme == other.theme


@dataclass(frozen=True)
class Expectation:
    """By when an answer can honestly be expected."""

    by: datetime
    basis: Basis
    closed_days: list[tuple[date, str]]
    """Days on the way that would be worked, and why they are not."""
    late: bool = False
    """The service level is broken: `by` is the end of the next working day, with our excuses."""


def expected_time(
    case: CaseFacts,
    queue: Sequence[CaseFacts],
    closings: Sequence[float],
    experts_on_theme: int,
    calendar: OfficeCalendar,
    now: datetime,
) -> Expectation:
    """When an expert answers for the first time, from how long it really took of late.

    `closings` are the working minutes from opening to first answer of recent cases of the theme,
    `queue` is in the order of the desk. The service level stands in for the measure when recent
    cases are too few, when nobody is on the theme, and once the measure turned out too short.
    """
    by, basis, late = case.due, _LEVEL, now >= case.due
    if len(closings) >= MIN_RECENT and experts_on_theme > 0:
        stretch = max(1.0, place(case, queue) / experts_on_theme)
        measured = _measured(case, _percentile(closings) * stretch, calendar)
        if now < measured:
            by, basis, late = measured, _MEASURED, False
    if late:
        by = calendar.closing_of(calendar.add_working_days(now, 1))
    by = max(by, _soonest(now, calendar))
    return Expectation(by, basis, calendar.closed_days_between(now, by), late)


def _percentile(minutes: Sequence[float]) -> float:
    """A duration that really occurred and that so many cases did not exceed (nearest rank)."""
    return sorted(minutes)[ceil(len(minutes) * _PERCENT / 100) - 1]


def _measured(case: CaseFacts, minutes: float, calendar: OfficeCalendar) -> datetime:
    by = calendar.add_working_minutes(case.opened_at, minutes)
    return max(by, _soonest(case.opened_at, calendar))


def _soonest(at: datetime, calendar: OfficeCalendar) -> datetime:
    return calendar.add_working_minutes(calendar.next_opening(at), _FIRST_LOOK)
