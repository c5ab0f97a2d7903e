"""What every message passes, in this order; each exit has a name.

At the door, before anything is stored: DOOR. At the turn, before the bot is asked: TURN.
The rate limit stands at the door too, in `service.receive`, because it needs a memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import regex

from bussola.conversations.masking import mask
from bussola.conversations.message import Refused
from bussola.text import folded

MAX_CHARACTERS = 2000
MOST_CODE_POINTS = 8 * MAX_CHARACTERS
"""A visible character may be made of many: a text is bounded in both."""
_MANNERS = re.compile(
    r" (?:ciao|salve|buongiorno|buonasera|per favore|per piacere|grazie|vorrei che|voglio che|"
    r"puoi|potete|vi prego di|ti prego di|subito|adesso|ora|tutto|tutti) (?=)"
)
_COMMAND = re.compile(r"^[\s/\uff0f\u2044\u2215\u29f8]+")


@dataclass(frozen=True)
class Knocking:
    """A text at the door, and the kinds of personal data taken out of it."""

    text: str
    masked: tuple[str, ...] = ()


def clean(knocking: Knocking) -> Knocking:
    """NFC; no control, bidi or zero-width characters; at most 4 marks on a letter."""
    text = "".join(c for c in knocking.text if c in "\n\t" or not _unprintable(c))
    text = unicodedata.normalize("NFC", text)
    text = regex.sub(r"(\p{M}{4})\p{M}+", r"\1", text)
    text = re.sub(r"[ \t\u00a0]+", " ", text)
    return replace(knocking, text=re.sub(r"\n{3,}", "\n\n", text).strip())


def _unprintable(character: str) -> bool:
    # ZWJ stays: it holds family emoji together. Unassigned characters stay too: they are the
    # emoji of next year.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character != "\u200d"


def refuse_empty(knocking: Knocking) -> Knocking:
    if not knocking.text.replace("\u200d", ""):
        raise Refused("empty")
    return knocking


def refuse_too_long(knocking: Knocking) -> Knocking:
    """Counted as people count: an emoji or an accented letter is one character."""
    length = len(knocking.text)
    if length <= MAX_CHARACTERS:
        return knocking
    if length > MOST_CODE_POINTS or len(regex.findall(r"\X", knocking.text)) > MAX_CHARACTERS:
        raise Refused("too_long")
    return knocking


def never_a_command(knocking: Knocking) -> Knocking:
    """A leading slash is a command for Rasa; from a citizen it is only a character."""
    text = _COMMAND.sub("", knocking.text)
    if not text:
        raise Refused("empty")
    return replace(knocking, text=text)


def mask_personal_data(knocking: Knocking) -> Knocking:
    text, kinds = mask(knocking.text)
    return Knocking(text, kinds)


DOOR: tuple[Callable[[Knocking], Knocking], ...] = (
    clean,
    refuse_empty,
    refuse_too_long,
    never_a_command,
    mask_personal_data,
)


def at_the_desk(text: str) -> str:
    """An expert's words: clean, not empty, not too long. Raises Refused.

    Nobody may change them without a word, so nothing is masked: see voice.py.
    """
    return refuse_too_long(refuse_empty(clean(Knocking(text)))).text


def at_the_door(text: str) -> Knocking:
    """Pass all guards of DOOR; raises Refused with the name of the exit."""
    knocking = Knocking(text)
    for guard in DOOR:
        knocking = guard(knocking)
    return knocking


@dataclass(frozen=True)
class Words:
    """Curated word lists; each phrase is folded (no accents, no punctuation)."""

    emergencies: Mapping[str, tuple[str, ...]]
    insults: frozenset[str]
    persons: frozenset[str] = frozenset()
    """Words that ask for a person: they pass whatever rude word stands beside them."""
    harmless: tuple[str, ...] = ()
    """Ways of speaking that hold words of danger and mean none."""
    forget: frozenset[str] = frozenset()
    """Whole messages that ask for what was said to be erased."""


def emergency(text: str, words: Words) -> str | None:
    """The kind of danger the text speaks of, or None."""
    plain = f" {folded(text)} "
    for phrase in words.harmless:
        plain = plain.replace(f" {phrase} ", " ")
    for kind, phrases in words.emergencies.items():
        if any(f" {phrase} " in plain for phrase in phrases):
            return kind
    return None


def abuse(text: str, words: Words) -> str | None:
    """The kind "insult" when the text is little else than one.

    With more than three other words there is a question in it, and it passes; so does
    whoever asks for a person.
    """
    tokens = folded(text).split()
    if words.persons.intersection(tokens):
        return None
    rude = [token for token in tokens if token in words.insults]
    return "insult" if rude and len(tokens) - len(rude) <= 3 else None


def forget(text: str, words: Words) -> str | None:
    """The kind "forget" when the whole message asks for that, good manners aside."""
    plain = _MANNERS.sub(" ", f" {folded(text)} ").strip()
    return "forget" if " ".join(plain.split()) in words.forget else None


TURN: tuple[tuple[str, Callable[[str, Words], str | None]], ...] = (
    ("emergency", emergency),
    ("forget", forget),
    ("abuse", abuse),
)


def at_the_turn(text: str, words: Words) -> tuple[str, str] | None:
    """The first guard of TURN that holds the message, as (exit, kind); None lets it pass."""
    for name, guard in TURN:
        kind = guard(text, words)
        if kind is not None:
            return name, kind
    return None
