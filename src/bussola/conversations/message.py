"""What comes in from a channel, before and after the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Incoming:
    """A citizen's message as the channel decoded it, not yet cleaned and not yet stored.

    `client_id` is the sender's own id of the message: the same id never counts twice.
    `button` is ``<event id>:<button id>`` when a button was pressed, event 0 holding those that
    stand outside any message; `text` is then its label.
    """

    conversation_id: str
    client_id: str
    text: str
    button: str | None = None


@dataclass(frozen=True)
class Message:
    """A message that passed the door: clean, masked, and stored under `event_id`."""

    conversation_id: str
    event_id: int
    client_id: str
    text: str
    button: str | None
    masked: tuple[str, ...]
    received_at: datetime
    attempts: int = 0
    after_pause: bool = False
    """The citizen was away, or somebody else had the word: who answers must be said again."""


@dataclass(frozen=True)
class Accepted:
    """The channel may acknowledge: the message is on disk. `repeated` marks a known client id."""

    event_id: int
    repeated: bool


class Refused(Exception):
    """The message was not stored; `reason` names a text of the catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
