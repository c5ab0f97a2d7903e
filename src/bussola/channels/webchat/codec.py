"""Between the core's events and what the browser reads: JSON with plain text, never HTML."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bussola.conversations.events import Event
from bussola.conversations.message import Incoming

MAX_FRAME_BYTES = 8_192 * 4
"""A frame of 2,000 characters, each of up to four bytes, escaped as JSON."""
_FOR_CITIZENS = (
    "entry_id", "question", "sources", "links", "valid_at", "valid_until", "stale",
    "case_code", "expected_by", "name", "kinds", "options", "theme", "signpost_id", "danger",
    "probability", "index_version", "second", "masked", "language", "table", "words", "sheet_id",
    "calculator", "official",
)  # fmt: skip


class Sent(BaseModel):
    """What a browser sends: a text, or a pressed button (``<event id>:<button id>``)."""

    model_config = ConfigDict(extra="forbid")

    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    text: str | None = Field(default=None, max_length=20_000)
    button: str | None = Field(default=None, max_length=40, pattern=r"^\d+:[a-z0-9]+$")

    def incoming(self, conversation_id: str) -> Incoming:
        """The message for the core."""
        return Incoming(conversation_id, self.client_id, self.text or "", self.button)


def event_json(event: Event) -> dict[str, Any]:
    """One event as the browser gets it; what buttons do stays with us."""
    return {
        "id": event.id,
        "author": event.author,
        "kind": event.kind,
        "text": event.text,
        "at": event.at.isoformat(timespec="seconds"),
        "in_reply_to": event.in_reply_to,
        "data": {key: event.data[key] for key in _FOR_CITIZENS if key in event.data},
        "buttons": [
            {"id": f"{event.id}:{b.id}", "label": b.label, "quiet": b.quiet,
             "action": b.action.type}
            for b in event.buttons
        ],
    }  # fmt: skip
