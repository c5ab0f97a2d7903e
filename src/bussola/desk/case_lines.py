"""What the page of a case says about it: its history, a checked reply, who else is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bussola.conversations.desk_service import MOST_INSULTS, Checked
from bussola.conversations.events import Event
from bussola.conversations.guards import Words, abuse
from bussola.storage.desk_store import Act, Present
from bussola.texts import Catalogue

MOST_QUOTED = 120
"""Code points of a reply shown beside a finding."""
STOP_KINDS = {"insult": "un insulto", "personal_data": "un dato personale"}
OUTCOMES = {
    "reusable": "è una risposta nuova da scrivere",
    "variant": "è una variante di una già scritta",
    "one_off": "è un caso unico",
}
_SERVICE = "Bussola"
_ACTS = {
    "take": "{name} l'ha presa in carico",
    "release": "{name} l'ha rimessa in coda",
    "reopen": "{name} l'ha riaperta",
    "merge": "{name} l'ha unita a un'altra richiesta",
    "hold": "{name} l'ha sospesa: troppi insulti",
    "unhold": "{name} l'ha ripresa dopo la sospensione",
    "ask_review": "{name} ha chiesto a un collega di leggere una risposta",
    "approve_review": "{name} ha letto la risposta e l'ha fatta partire",
    "return_review": "{name} ha rimandato indietro la risposta",
}


@dataclass(frozen=True)
class ActLine:
    """An act in words, and when."""

    at: datetime
    words: str


@dataclass(frozen=True)
class FoundLine:
    """A finding as it is read: the words it concerns are "" when it is about the whole text."""

    stop: bool
    quoted: str
    suggestion: str


@dataclass(frozen=True)
class Rude:
    """The insults of a thread, by event id; `many` when it is better not to read it first."""

    insults: frozenset[int]
    messages: int

    @property
    def many(self) -> bool:
        return len(self.insults) >= MOST_INSULTS


def rude(events: Iterable[Event], words: Words) -> Rude:
    """Which messages of the citizen are little else than an insult."""
    written = [event for event in events if event.author == "citizen" and event.text]
    insults = frozenset(event.id for event in written if abuse(event.text, words))
    return Rude(insults, len(written))


def found_lines(checked: Checked, texts: Catalogue) -> list[FoundLine]:
    """What to look at again, in the order of `checked`."""
    return [
        FoundLine(
            finding.severity == "stop",
            _shortened(checked.text[finding.start : finding.end]),
            texts.say(finding.suggestion, text=finding.alternative),
        )
        for finding in checked.found
    ]


def _shortened(words: str) -> str:
    return words if len(words) <= MOST_QUOTED else f"{words[:MOST_QUOTED].rstrip()}…"


def present_words(present: Sequence[Present], me: int) -> str:
    """Who else has the case open; "" when nobody."""
    return " ".join(
        f"Anche {who.name} ha aperto questa richiesta{' e sta scrivendo' if who.typing else ''}."
        for who in present
        if who.staff_id != me
    )


def history_lines(acts: Iterable[Act], themes: Mapping[str | None, str]) -> list[ActLine]:
    """Everything done with a case but the notes, which are shown by themselves."""
    return [ActLine(act.at, _act(act, themes)) for act in acts if act.act != "note"]


def _act(act: Act, themes: Mapping[str | None, str]) -> str:
    name, detail = act.name or _SERVICE, act.detail
    if act.act == "transfer":
        words = f"{name} l'ha passata a {_receiver(act, themes)}"
        return f"{words}: {detail['reason']}" if detail.get("reason") else words
    if act.act == "label":
        given = ", ".join(detail.get("labels", ()))
        return (
            f"{name} ha messo le etichette: {given}" if given else f"{name} ha tolto le etichette"
        )
    if act.act == "close":
        return f"{name} l'ha chiusa"
    words = _ACTS.get(act.act, "{name} ha fatto una modifica").format(name=name)
    return f"{words}: {detail['word']}" if detail.get("word") else words


def _receiver(act: Act, themes: Mapping[str | None, str]) -> str:
    if act.detail.get("to"):
        return str(act.detail["to"])
    theme = act.detail.get("theme")
    return f"chi segue «{themes.get(theme, theme)}»" if theme else "un collega"
