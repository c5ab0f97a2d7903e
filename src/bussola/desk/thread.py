"""A conversation as experts read it: who wrote, what became of it, and what was not delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bussola.conversations.events import Event
from bussola.desk.deadlines import why_not
from bussola.texts import Catalogue

_NAMES = {"citizen": "Cittadino", "bot": "Assistente automatico", "expert": "Esperto",
          "system": "Bussola"}  # fmt: skip
_ADDED = {
    "not_sent": "non inviato: un esperto aveva già la parola",
    "standby": "scritto ad altri",
}
_ELSEWHERE = {"page_inbox", "standby"}


@dataclass(frozen=True)
class Line:
    """One event with words to show; `note` and `not_delivered` are "" when there is none."""

    event: Event
    author: str
    words: str
    note: str
    not_delivered: str


def thread_lines(
    events: list[Event], undelivered: Mapping[int, str], texts: Catalogue
) -> list[Line]:
    """The lines of a conversation; `undelivered` is the reason by event id."""
    return [
        Line(
            event, _author(event), words, _note(event),
            why_not(undelivered[event.id], texts) if event.id in undelivered else "",
        )
        for event in events
        if (words := _words(event))
    ]  # fmt: skip


def _author(event: Event) -> str:
    name = _NAMES[event.author]
    if event.kind == "page_inbox":
        name = "Una persona dalla Pagina"
    elif event.author == "expert" and event.data.get("name"):
        name = f"{name} ({event.data['name']})"
    added = _ADDED.get(event.kind)
    return f"{name} – {added}" if added else name


def _words(event: Event) -> str:
    if event.kind == "erased":
        return "(cancellato dal cittadino)"
    if event.data.get("deleted"):
        return "(cancellato)"
    if not event.text and event.kind in _ELSEWHERE:
        return "(un allegato, che qui non si vede)"
    return event.text


def _note(event: Event) -> str:
    edited = event.data.get("edited") and not event.data.get("deleted")
    return "(modificato)" if edited else ""
