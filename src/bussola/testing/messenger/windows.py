"""When the Page may write: the platform's message windows, by the simulator's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from bussola.testing.messenger.errors import (
    NOT_PERMITTED,
    GraphError,
    invalid,
    outside_window,
)

STANDARD = timedelta(hours=24)
BY_A_PERSON = timedelta(days=7)
PRIVATE_REPLY = timedelta(days=7)
State = Literal["never", "open", "human_agent", "closed"]


def state(last_action: datetime | None, now: datetime) -> State:
    """Who may write now: anyone ("open"), a person with the tag, nobody."""
    if last_action is None:
        return "never"
    if now - last_action <= STANDARD:
        return "open"
    return "human_agent" if now - last_action <= BY_A_PERSON else "closed"


def check_kind(messaging_type: Any, tag: Any) -> None:
    """Code 100 for a missing type and for every tag but HUMAN_AGENT: the others are gone."""
    if messaging_type not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"}:
        raise invalid("Param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG")
    if messaging_type == "MESSAGE_TAG" and tag != "HUMAN_AGENT":
        raise invalid("Invalid parameter")
    if messaging_type != "MESSAGE_TAG" and tag is not None:
        raise invalid("Param tag needs messaging_type MESSAGE_TAG")


def check_window(window: State, messaging_type: str, *, approved: bool) -> None:
    """Code 10: 2018065 when the app lacks the Human Agent feature, 2018278 when it is too late."""
    if messaging_type != "MESSAGE_TAG":
        if window != "open":
            raise outside_window()
        return
    if not approved:
        raise GraphError(
            10, "This app is not approved for the Human Agent feature", subcode=NOT_PERMITTED
        )
    if window in {"never", "closed"}:
        raise outside_window()
