"""Where the open cases stand now: what the queue has to know of them, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache

from aiohttp import web

from bussola.conversations.office_calendar import OfficeCalendar
from bussola.conversations.ports import Case
from bussola.conversations.queueing import Calendars, CaseFacts, level_state, rank
from bussola.desk.deadlines import Deadline, deadline_of
from bussola.desk_settings import DeskSettings
from bussola.web.keys import DESK_FIGURES, DESK_SETTINGS


@dataclass(frozen=True)
class Standing:
    """A case, what the queue knows of it, and why it stands where it does."""

    case: Case
    facts: CaseFacts
    deadline: Deadline | None
    """Of the channel; None when there is none."""
    reason: str
    """The weightiest one; names a text."""
    late: bool
    """The service level of the first answer is broken."""


async def standings(
    request: web.Request, cases: Sequence[Case], now: datetime
) -> list[Standing]:  # fmt: skip
    """The cases in the order of the desk."""
    calendar_of = calendars(request)
    unanswered = await request.app[DESK_FIGURES].unanswered_since()
    found = []
    for case in cases:
        deadline = await deadline_of(request, case)
        facts = _facts(request.app[DESK_SETTINGS], case, deadline, unanswered.get(case.id))
        calendar = calendar_of(case.theme)
        priority = rank(facts, now, calendar)
        late = level_state(facts, now, calendar) == "broken"
        found.append((priority, Standing(case, facts, deadline, priority.reasons[0], late)))
    return [standing for _, standing in sorted(found, key=lambda each: each[0])]


def calendars(request: web.Request) -> Calendars:
    """The calendar of each theme, made once for a request."""
    return cache(request.app[DESK_SETTINGS].calendar)


def _facts(
    desk: DeskSettings, case: Case, deadline: Deadline | None, unanswered: datetime | None
) -> CaseFacts:
    return CaseFacts(
        id=case.id, theme=case.theme, state=case.state, opened_at=case.opened_at,
        due=due(case.expected_by, desk.calendar(case.theme)), owner_id=case.owner_id,
        last_citizen_at=case.last_citizen_at, unanswered_since=unanswered,
        last_staff_at=case.last_expert_at,
        expert_until=deadline.until if deadline else None,
        emergency=case.emergency, held=case.held, labels=case.labels,
        warn_hours=desk.level(case.theme).warn_hours,
    )  # fmt: skip


def due(day: date, calendar: OfficeCalendar) -> datetime:
    """The closing of the promised day; of the next one worked, where the theme rests that day."""
    morning = datetime.combine(day, time(), calendar.zone).astimezone(UTC)
    opens = calendar.next_opening(morning)
    return calendar.closing_of(opens.astimezone(calendar.zone).date())
