"""Readers of two public sets; the files are fetched by whoever measures and are never shipped.

QA4FAQ (EVALITA 2016): FAQs of a water company and what its users asked. xSID 0.7: requests to a
voice assistant. Both give the same shape, so that every system is measured in the same way.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LabelledSet:
    """What is learnt from and what is asked; indices are into `targets`."""

    name: str
    targets: list[str]
    questions: list[str]
    """To learn from."""
    owner: list[int]
    """The target of each question."""
    answers: list[str | None]
    """One a target, None where there is none."""
    asked: list[str]
    """To measure with; never learnt from."""
    right: list[frozenset[int]]
    """The right targets of each text asked, at least one."""


def qa4faq(folder: Path) -> LabelledSet:
    """The FAQs with one question each (its tags are part of it), and the judged users' questions.

    Reads `folder`/qa4faq; ValueError names a missing file or what is wrong in it.
    """
    entries = _entries(_existing(folder / "qa4faq" / "qa4faq_faqs_uft8_QA.csv"))
    place = {row[0]: index for index, row in enumerate(entries)}
    judged: dict[str, set[int]] = {}
    judgments = _existing(folder / "qa4faq" / "qa4faq_qrel")
    for asked_id, entry_id in _pairs(judgments):
        if entry_id not in place:
            raise ValueError(f"{judgments}: no entry {entry_id}")
        judged.setdefault(asked_id, set()).add(place[entry_id])
    users = dict(_pairs(_existing(folder / "qa4faq" / "qa4faq_question")))
    asked = [asked_id for asked_id in users if asked_id in judged]
    return LabelledSet(
        name="QA4FAQ",
        targets=list(place),
        questions=[f"{question} {tag}".strip() for _, question, _, tag in entries],
        owner=list(range(len(entries))),
        answers=[answer for _, _, answer, _ in entries],
        asked=[users[asked_id] for asked_id in asked],
        right=[frozenset(judged[asked_id]) for asked_id in asked],
    )


def xsid_italian(folder: Path, examples: int = 8) -> LabelledSet:
    """At most `examples` utterances an intent to learn from, all of the test part to ask.

    Learns from the validation part, in file order; asks what has an intent found there. Reads
    `folder`/xsid-it; ValueError names a missing file or what is wrong in it.
    """
    known: dict[str, list[str]] = {}
    for text, intent in _utterances(_existing(folder / "xsid-it" / "xsid_it.valid.conll")):
        known.setdefault(intent, []).append(text)
    test = list(_utterances(_existing(folder / "xsid-it" / "xsid_it.test.conll")))
    targets = list(known)
    place = {intent: index for index, intent in enumerate(targets)}
    learnt = [(text, place[intent]) for intent in targets for text in known[intent][:examples]]
    asked = [(text, frozenset({place[intent]})) for text, intent in test if intent in place]
    return LabelledSet(
        name="xSID Italian",
        targets=targets,
        questions=[text for text, _ in learnt],
        owner=[target for _, target in learnt],
        answers=[None] * len(targets),
        asked=[text for text, _ in asked],
        right=[right for _, right in asked],
    )


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise ValueError(f"{file} is missing")
    return file


def _entries(file: Path) -> list[list[str]]:
    """(id, question, answer, tag) of each FAQ; quoted fields hold `;` and line breaks."""
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, delimiter=";", strict=True)
    if header != ["id", "question", "answer", "tag"]:
        raise ValueError(f"{file}: the first line is {header}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(f"{file}: entry {number} has {len(row)} fields, not {len(header)}")
    return [[value.strip() for value in row] for row in rows]


def _pairs(file: Path) -> Iterator[tuple[str, str]]:
    """The two columns of a tab-separated file; users' texts hold control characters."""
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        left, tab, right = line.partition("\t")
        if not tab:
            raise ValueError(f"{file}: line {number} has no tab")
        yield left.strip(), right.strip()


def _utterances(file: Path) -> Iterator[tuple[str, str]]:
    """(text, intent) of each block, from its comments; the words below them are not needed."""
    for number, block in enumerate(file.read_text(encoding="utf-8").split("\n\n"), start=1):
        if not block.strip():
            continue
        comments = dict(
            line.removeprefix("# ").split(" = ", 1)
            for line in block.splitlines()
            if line.startswith("# ") and " = " in line
        )
        if not {"text", "intent"} <= set(comments):
            raise ValueError(f"{file}: block {number} names no text or no intent")
        yield comments["text"].strip(), comments["intent"].strip()
