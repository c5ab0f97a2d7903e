"""When the platform lets us write, and as what; checked by us before every call.

A bot may write for 24 hours after the person's last act. A person of ours may go on for seven
days, when the platform approved that. After that nobody writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bussola.conversations.events import Event
from bussola.conversations.ports import Reach
from bussola.storage.messenger_store import Thread

BOT_HOURS = timedelta(hours=24)
HUMAN_DAYS = timedelta(days=7)
MARGIN = timedelta(minutes=1)
"""Their clock and ours differ a little."""


@dataclass(frozen=True)
class Permission:
    """How a call is marked: `messaging_type`, and a tag outside the ordinary window."""

    messaging_type: str
    tag: str | None = None


RESPONSE = Permission("RESPONSE")
BY_A_PERSON = Permission("MESSAGE_TAG", "HUMAN_AGENT")


def permission(event: Event, thread: Thread, now: datetime, human_agent: bool) -> Permission | str:
    """How `event` may be sent now, or why not (names a text of the catalogue)."""
    if thread.unavailable:
        return "person_unavailable"
    if thread.last_act_at is None:
        return "window_closed"
    quiet = now - thread.last_act_at + MARGIN
    if quiet <= BOT_HOURS:
        return RESPONSE
    if not typed_by_a_person(event):
        return "window_closed_for_bot"
    if quiet > HUMAN_DAYS:
        return "window_closed"
    return BY_A_PERSON if human_agent else "window_needs_approval"


def typed_by_a_person(event: Event) -> bool:
    """True for the words of an expert; what the service says about them is automatic."""
    return event.author == "expert" and event.kind == "expert"


def reach(thread: Thread | None, stopped: str | None, human_agent: bool) -> Reach:
    """Until when each may write, for the desk."""
    if thread is None or thread.last_act_at is None:
        return Reach(problem=stopped or "window_closed")
    problem = stopped or ("person_unavailable" if thread.unavailable else None)
    bot_until = thread.last_act_at + BOT_HOURS - MARGIN
    expert_until = thread.last_act_at + HUMAN_DAYS - MARGIN if human_agent else bot_until
    return Reach(bot_until, expert_until, problem)
