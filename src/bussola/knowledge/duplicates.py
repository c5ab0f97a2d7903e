"""Questions that two entries share, or nearly share, and questions that must not be taught."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from bussola.knowledge.findings import Finding
from bussola.knowledge.loading import Knowledge
from bussola.text import folded

Found = list[tuple[str, Finding]]
ALMOST_EQUAL = 93
"""Per cent of equal characters (normalised edit distance) from which two questions are one."""
_SAME_WORD, _SHORT_WORD = 60, 3
LEAKED = 0.80
"""Cosine of character 3-5 grams from which a variant repeats a test question."""


def repeated_questions(knowledge: Knowledge) -> Found:
    """The same question, letter for letter once folded, under two owners."""
    owner: dict[str, str] = {}
    found: Found = []
    for identity, questions in all_questions(knowledge):
        for question in questions:
            first = owner.setdefault(folded(question), identity)
            if first != identity:
                found.append((identity, ("error", f"«{question}» è già una domanda di {first}")))
    return found


def nearly_the_same(knowledge: Knowledge) -> Found:
    """Questions of two owners that differ by a slip of the pen."""
    owner = {folded(q): i for i, questions in all_questions(knowledge) for q in questions}
    keys = list(owner)
    near = process.cdist(
        keys, keys, scorer=fuzz.ratio, score_cutoff=ALMOST_EQUAL, dtype=np.uint8, workers=-1
    )
    rows, columns = np.nonzero(np.triu(near, 1))
    return [
        (owner[keys[b]], ("warning", f"«{keys[b]}» è quasi uguale a «{keys[a]}» di {owner[keys[a]]}"))
        for a, b in zip(rows, columns, strict=True)
        if owner[keys[a]] != owner[keys[b]] and not _another_word(keys[a], keys[b])
    ]  # fmt: skip


def _another_word(a: str, b: str) -> bool:
    """True when a whole word makes the difference ("la pensione", "la naspi"), not a slip."""
    mine, yours = set(a.split()) - set(b.split()), set(b.split()) - set(a.split())
    return any(
        max((fuzz.ratio(word, other) for other in yours), default=0) < _SAME_WORD
        for word in mine
        if len(word) > _SHORT_WORD
    )


def leaked_questions(knowledge: Knowledge, test_questions: Path) -> Found:
    """Variants that repeat a question we are measured on; the test question is not shown."""
    asked = [
        json.loads(line)["text"]
        for line in test_questions.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    taught = [(identity, q) for identity, questions in all_questions(knowledge) for q in questions]
    if not asked or not taught:
        return []
    near = nearest_by_letters([q for _, q in taught], asked)
    return [
        (identity, ("error", f"«{question}» ripete una domanda della prova: cambia parole"))
        for (identity, question), (likeness, _) in zip(taught, near, strict=True)
        if likeness > LEAKED
    ]


def nearest_by_letters(texts: list[str], others: list[str]) -> list[tuple[float, str]]:
    """For each text, how near (cosine of character 3-5 grams) its nearest of `others` is."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit(
        map(folded, others + texts)
    )
    near = vectors.transform(map(folded, texts)) @ vectors.transform(map(folded, others)).T
    best = np.asarray(near.argmax(axis=1)).ravel()
    return [(float(near[i, b]), others[b]) for i, b in enumerate(best)]


def all_questions(knowledge: Knowledge) -> list[tuple[str, list[str]]]:
    """Every entry and signpost with what it is found by."""
    entries = [(e.id, [*e.questions, *e.foreign_questions]) for e in knowledge.entries.values()]
    return entries + [(s.id, s.examples) for s in knowledge.signposts.values()]
