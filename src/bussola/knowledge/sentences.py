"""A message taken apart: the sentences of a story, and the questions of whoever asks two."""

from __future__ import annotations

import re

LONG_TEXT = 120
"""Characters from which a text is also read sentence by sentence."""
_MOST_SENTENCES = 2
_MOST_QUESTIONS = 3
_FEWEST_WORDS = 3
_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+")
_ASKING = (
    r"(?:quanto|quanti|quante|quanta|quando|quale|quali|come|dove|chi|che|cosa|perché|perche|posso|"
    r"puo|può|possono|devo|deve|dobbiamo|bisogna|serve|servono|spetta|spettano|vale|entro|c'è|ce|"
    r"per\s+\w+(?:\s+\w+)?\s+(?:che|come|quanto|serve|devo|deve)|"
    r"how|what|when|who|where|can|do|does|is|cuánto|cómo|puedo|cât|cum|când|combien|comment)"
)
_CONJUNCTION = re.compile(
    rf"(?:,|\s)\s*(?:e\s+poi|e\s+inoltre|e\s+anche|inoltre|poi|anche|oppure|e|and|y|și|et)\s+(?={_ASKING}\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"\b{_ASKING}\b", re.IGNORECASE)
_BEGINS = re.compile(rf"\W*(?:e|ma|poi|inoltre|and|y|și|et)?\s*{_ASKING}\b", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a long text most likely to ask: those with a question mark, then the last."""
    if len(text) < LONG_TEXT:
        return []
    parts = [part.strip() for part in _SENTENCE.split(text) if len(part.strip()) >= 12]
    if len(parts) < 2:
        return []
    by_promise = sorted(range(len(parts)), key=lambda i: ("?" not in parts[i], -i))
    return [parts[i] for i in sorted(by_promise[:_MOST_SENTENCES])]


def questions(text: str) -> list[str]:
    """The parts of `text` that ask by themselves; fewer than two mean that it asks one thing."""
    parts = [
        part.strip()
        for sentence in _SENTENCE.split(text)
        for part in _CONJUNCTION.split(sentence)
        if part and len(part.split()) >= _FEWEST_WORDS
    ]
    asking: list[str] = []
    for part in parts:
        # Whoever has asked once goes on asking, with or without the mark.
        if part.endswith("?") or _BEGINS.match(part) or (asking and _ASKS.search(part)):
            asking.append(part)
    return asking[:_MOST_QUESTIONS]
