"""Until when an expert can write to a citizen through the channel of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bussola.conversations.ports import Case, Reach
from bussola.texts import Catalogue
from bussola.web.keys import REACHES

_URGENT = timedelta(hours=3)


@dataclass(frozen=True)
class Deadline:
    """Either `until` is still to come, or `problem` says why nothing can be delivered now."""

    until: datetime | None
    problem: str | None = None
    """Names a text: ``not_delivered_<problem>``."""
    urgent: bool = False


def deadline(reach: Reach, now: datetime) -> Deadline | None:
    """What `reach` means at `now`; None when there is nothing to say."""
    if reach.problem:
        return Deadline(None, reach.problem)
    until = reach.expert_until
    if until is None:
        return None
    left = until - now
    if left <= timedelta():
        # Where a person may write no longer than the bot, the platform did not approve it.
        approved = until != reach.bot_until
        return Deadline(None, "window_closed" if approved else "window_needs_approval")
    return Deadline(until, None, left < _URGENT)


async def deadline_of(request: web.Request, case: Case) -> Deadline | None:
    """The deadline of a case; None when its channel has no limits, or when it is closed."""
    reach = request.app[REACHES].get(case.channel)
    if reach is None or case.state == "closed":
        return None
    return deadline(await reach(case.conversation_id), datetime.now(UTC))


def why_not(reason: str, texts: Catalogue) -> str:
    """Why words do not reach a citizen; `reason` is one that a channel gave."""
    key, known = f"not_delivered_{reason}", texts.keys()
    return texts.say(key if key in known else "not_delivered")
