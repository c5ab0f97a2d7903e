"""What a conversation is made of: numbered events that both sides can read again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Author = Literal["citizen", "bot", "expert", "system"]


@dataclass(frozen=True)
class Action:
    """What a button does when pressed; the citizen's side only ever sees its label and id."""

    type: Literal[
        "entry", "details", "theme", "menu", "none_of_these", "offer_handoff", "open_case",
        "decline_handoff", "useful", "not_useful", "ask_bot",
        "table", "sheets", "sheet", "news", "quiz", "quiz_question", "quiz_answer",
        "calculators", "calculate", "calculation_stop", "calculation_value",
        "start", "not_text", "too_long", "ask_forget", "forget",
    ]  # fmt: skip
    value: str = ""


@dataclass(frozen=True)
class Button:
    """A choice under a message; `id` is unique inside its event."""

    id: str
    label: str
    action: Action
    quiet: bool = False
    """A quiet button is drawn as a secondary choice."""


@dataclass(frozen=True)
class Draft:
    """An event not yet numbered. `kind` says what it is ("answer", "dont_know", "handoff" ...)."""

    author: Author
    kind: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    hidden: bool = False
    """Hidden events are for the desk only."""

    def payload(self) -> dict[str, Any]:
        """The event as it is stored; `from_payload` reads it back."""
        return {
            "kind": self.kind,
            "text": self.text,
            "data": self.data,
            "buttons": [asdict(button) for button in self.buttons],
        }


@dataclass(frozen=True)
class Event:
    """One numbered event; ids of a conversation rise by one, without gaps."""

    id: int
    author: Author
    kind: str
    text: str
    data: dict[str, Any]
    buttons: tuple[Button, ...]
    hidden: bool
    at: datetime
    in_reply_to: int | None

    def button(self, button_id: str) -> Button | None:
        """The button of that id, or None."""
        return next((b for b in self.buttons if b.id == button_id), None)


def buttons_from(payload: list[dict[str, Any]]) -> tuple[Button, ...]:
    """Buttons as stored by `Draft.payload`."""
    return tuple(
        Button(b["id"], b["label"], Action(**b["action"]), b.get("quiet", False)) for b in payload
    )
