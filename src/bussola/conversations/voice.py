"""A dignified voice: what to look at again in an expert's reply before it leaves.

Insults and personal data stop the reply until a second person has looked; all else is a hint.
What the citizen wrote, in lines that begin with ">" or between « and », is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bussola.conversations.masking import mask
from bussola.conversations.phrases import Folded, Phrase, apart, fold, spans
from bussola.conversations.shouting import WHOLE, Span, raised
from bussola.readability import gulpease

Severity = Literal["stop", "hint"]
Kind = Literal[
    "insult", "personal_data", "sarcasm", "shouting", "promise", "condescension", "no_greeting",
    "hard_to_read", "bureaucratic", "too_long_sentence", "only_a_link",
]  # fmt: skip
STOPS: frozenset[Kind] = frozenset({"insult", "personal_data"})
MIN_GULPEASE = 40
MOST_WORDS = 40
"""In a sentence."""
_WORDS_BESIDE_A_LINK = 1
_GREETING_WITHIN, _FAREWELL_WITHIN = 60, 120
"""Code points from the start, and from the end, where a greeting is looked for."""

_QUOTED = re.compile(r"^[^\S\n]*>.*$|«[^»]*»", re.MULTILINE)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>«»]+|\b(?:[a-z0-9-]+\.){1,4}(?:it|eu|com|org)\b(?:/[^\s<>«»]*)?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+")
_SPOKEN = re.compile(r"\S*[^\W_]\S*")
_ABBREVIATIONS = ("art", "artt", "n", "nr", "sig", "dott", "dr", "prof", "avv", "es", "pag", "tel",
                  "lett", "co", "min", "max", "ecc")  # fmt: skip
_SENTENCE_END = re.compile(
    "".join(rf"(?<!\b{short})" for short in _ABBREVIATIONS) + r"[.!?…]+(?=\s|$)|\n", re.IGNORECASE
)


@dataclass(frozen=True)
class VoiceWords:
    """Curated lists (data/voice.yml), compiled."""

    insults: tuple[Phrase, ...]
    sarcasm: tuple[Phrase, ...]
    promises: tuple[Phrase, ...]
    condescension: tuple[Phrase, ...]
    harmless: tuple[Phrase, ...]
    """Ways of speaking in which a phrase of the lists means no harm."""
    greetings: tuple[Phrase, ...]
    farewells: tuple[Phrase, ...]
    bureaucratic: Mapping[Phrase, str]
    """And the plain words to use instead."""
    acronyms: frozenset[str]
    """In capitals."""
    pointers: frozenset[str]
    """Words that only point at a link; folded."""


@dataclass(frozen=True)
class Finding:
    """Something to look at again.

    `start` and `end` are code points in the text, or 0 and 0 for the whole text;
    `suggestion` names a text of the catalogue.
    """

    kind: Kind
    severity: Severity
    start: int
    end: int
    suggestion: str
    alternative: str = ""


@dataclass(frozen=True)
class _Reply:
    """An expert's words alone: quotations are line ends, links are blanks, places are the same."""

    written: str
    own: str
    folded: Folded
    unlinked: str


def findings(text: str, words: VoiceWords, first_reply: bool) -> list[Finding]:
    """All that is found in a reply, what stops it first, then in the order of the text."""
    own = _QUOTED.sub(lambda quoted: "\n" * len(quoted.group()), text)
    unlinked = _LINK.sub(lambda link: " " * len(link.group()), own)
    reply = _Reply(text, own, fold(own), unlinked)
    found = [finding for look in LOOKS for finding in look(reply, words)]
    if first_reply:
        found += _no_greeting(reply, words)
    return sorted(found, key=lambda f: (f.severity != "stop", f.start, f.end))


def stops(found: Iterable[Finding]) -> bool:
    """Whether a second person must look before the reply leaves."""
    return any(finding.severity == "stop" for finding in found)


def _found(kind: Kind, span: Span, text_id: str, alternative: str = "") -> Finding:
    severity: Severity = "stop" if kind in STOPS else "hint"
    return Finding(kind, severity, *span, text_id, alternative)


def _insults(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    for span in _meant(words.insults, reply, words):
        yield _found("insult", span, text_id="voice_insult")


def _sarcasm(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    for span in _meant(words.sarcasm, reply, words):
        yield _found("sarcasm", span, text_id="voice_sarcasm")


def _promises(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    for span in _meant(words.promises, reply, words):
        yield _found("promise", span, text_id="voice_promise")


def _condescension(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    for span in _meant(words.condescension, reply, words):
        yield _found("condescension", span, text_id="voice_condescension")


def _bureaucratic(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    for phrase, plain in words.bureaucratic.items():
        for span in phrase.spans(reply.folded):
            yield _found("bureaucratic", span, text_id="voice_bureaucratic", alternative=plain)


def _meant(phrases: tuple[Phrase, ...], reply: _Reply, words: VoiceWords) -> Iterator[Span]:
    """Where the phrases stand and no harmless way of speaking holds them."""
    found = spans(phrases, reply.folded)
    harmless = spans(words.harmless, reply.folded) if found else []
    return apart(
        (start, end)
        for start, end in found
        if not any(first <= start and end <= last for first, last in harmless)
    )


def _personal_data(reply: _Reply, _words: VoiceWords) -> Iterator[Finding]:
    """By line; data that only show over several lines mark what lies between them."""
    if not mask(reply.written)[1]:
        return
    marked = list(_masked_lines(reply.written)) or [_differing(reply.written)]
    for span in marked:
        yield _found("personal_data", span, text_id="voice_personal_data")


def _masked_lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.splitlines(keepends=True):
        if mask(line)[1]:
            start, end = _differing(line)
            yield at + start, at + end
        at += len(line)


def _differing(text: str) -> Span:
    """From the first to the last code point that masking takes away."""
    masked = mask(text)[0]
    start = next((i for i, (a, b) in enumerate(zip(text, masked, strict=False)) if a != b), 0)
    backwards = zip(reversed(text), reversed(masked), strict=False)
    left = next((i for i, (a, b) in enumerate(backwards) if a != b), 0)
    return start, max(start + 1, len(text) - left)


def _shouting(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    for span in raised(reply.unlinked, words.acronyms):
        yield _found("shouting", span, text_id="voice_shouting")


def _hard_to_read(reply: _Reply, _words: VoiceWords) -> Iterator[Finding]:
    if gulpease(reply.unlinked) < MIN_GULPEASE:
        yield _found("hard_to_read", WHOLE, text_id="voice_hard_to_read")


def _too_long_sentences(reply: _Reply, _words: VoiceWords) -> Iterator[Finding]:
    start = 0
    ends = [match.end() for match in _SENTENCE_END.finditer(reply.own)]
    for end in [*ends, len(reply.own)]:
        spoken = [match.span() for match in _SPOKEN.finditer(reply.own, start, end)]
        if len(spoken) > MOST_WORDS:
            span = (spoken[0][0], spoken[-1][1])
            yield _found("too_long_sentence", span, text_id="voice_too_long_sentence")
        start = end


def _only_a_link(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    """A link, greetings, and words that only point at it."""
    if reply.unlinked == reply.own:
        return
    folded = fold(reply.unlinked)
    manners = spans((*words.greetings, *words.farewells), folded)
    told = [
        token
        for token in _TOKEN.finditer(reply.unlinked)
        if not any(start <= token.start() < end for start, end in manners)
        and fold(token.group()).text not in words.pointers
    ]
    if len(told) <= _WORDS_BESIDE_A_LINK:
        yield _found("only_a_link", WHOLE, text_id="voice_only_a_link")


def _no_greeting(reply: _Reply, words: VoiceWords) -> Iterator[Finding]:
    """Neither a greeting at the beginning nor a farewell at the end."""
    first = len(reply.own) - len(reply.own.lstrip())
    last = len(reply.own.rstrip())
    greeted = any(at <= first + _GREETING_WITHIN for at, _ in spans(words.greetings, reply.folded))
    left = any(end >= last - _FAREWELL_WITHIN for _, end in spans(words.farewells, reply.folded))
    if not greeted and not left:
        yield _found("no_greeting", WHOLE, text_id="voice_no_greeting")


LOOKS: tuple[Callable[[_Reply, VoiceWords], Iterator[Finding]], ...] = (
    _insults, _personal_data, _sarcasm, _shouting, _promises, _condescension, _hard_to_read,
    _too_long_sentences, _bureaucratic, _only_a_link,
)  # fmt: skip
"""Every reply passes all of these; a missing greeting is looked for in the first reply only."""
