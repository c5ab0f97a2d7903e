"""Buttons as Messenger shows them: quick replies, and a list in the text when labels are long."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Any

from bussola.channels.messenger.plain_text import plain_text
from bussola.channels.messenger.splitting import shortened, units
from bussola.conversations.events import Button, Event
from bussola.text import folded, one_line

MOST_REPLIES = 13
TITLE_LIMIT = 20
_WITH_LETTERS = frozenset({"quiz", "calculation_ask"})
"""Where a typed number means another thing, choices are lettered."""
_TYPED_MARK = re.compile(r"\s*\(?(\d{1,3}|[a-z]{1,2})\s*[.)]?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Choices:
    """The buttons of one event. `lines` are the list for the text, empty when labels fit."""

    lines: tuple[str, ...]
    replies: tuple[dict[str, Any], ...]
    numbered: bool


def choices(event: Event) -> Choices:
    """Loud buttons first, quiet ones after; labels as they are, or a list with marks."""
    listed, others = _listed(event)
    marked = [(f"{mark} {_label(button)}", button) for mark, button in listed]
    titled = [*marked, *((_label(button), button) for button in others)]
    return Choices(
        lines=tuple(line for line, _ in marked),
        replies=tuple(_reply(event, title, button) for title, button in titled),
        numbered=bool(listed) and event.kind not in _WITH_LETTERS,
    )


def choice_of(event: Event, typed: str) -> Button | None:
    """The button that a citizen typed: its mark in the list ("2", "2.", "b)") or its label.

    A quick reply goes away after the tap, and at the next message: what it chose stays typeable.
    """
    mark = _TYPED_MARK.fullmatch(typed)
    wanted = mark[1].lower() if mark else ""
    for written, button in _listed(event)[0]:
        if wanted and written[:-1] == wanted:
            return button
    words = folded(typed)
    named = [button for button in event.buttons if folded(_label(button)) == words]
    return named[0] if words and len(named) == 1 else None


def _listed(event: Event) -> tuple[list[tuple[str, Button]], list[Button]]:
    """(mark, button) pairs for the list, and the buttons that stay outside of it.

    Outside are short quiet ones ("Non utile", "No, grazie"): they are typed by their own words.
    """
    ordered = sorted(event.buttons, key=lambda button: button.quiet)
    if all(map(_fits, ordered)) and len(ordered) <= MOST_REPLIES:
        return [], ordered
    others = [button for button in ordered if button.quiet and _fits(button)]
    listed = [button for button in ordered if button not in others]
    return [(_mark(event.kind, place), b) for place, b in enumerate(listed)], others


def _mark(kind: str, place: int) -> str:
    if kind not in _WITH_LETTERS:
        return f"{place + 1}."
    rounds, letter = divmod(place, len(string.ascii_lowercase))
    return f"{string.ascii_lowercase[letter] * (rounds + 1)})"


def _label(button: Button) -> str:
    return one_line(plain_text(button.label))


def _fits(button: Button) -> bool:
    return 0 < units(_label(button)) <= TITLE_LIMIT


def _reply(event: Event, title: str, button: Button) -> dict[str, Any]:
    return {
        "content_type": "text",
        "title": shortened(title, TITLE_LIMIT),
        "payload": f"{event.id}:{button.id}",
    }
