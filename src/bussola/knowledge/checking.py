"""`bussola faq check`: what the form of a file cannot show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bussola.knowledge.companion_checks import companion_findings, coverage_findings
from bussola.knowledge.duplicates import leaked_questions, nearly_the_same, repeated_questions
from bussola.knowledge.entry import MAX_ANSWER_CHARACTERS, Entry, Translation
from bussola.knowledge.facts import known_facts, known_topics
from bussola.knowledge.figures import render, unspeakable
from bussola.knowledge.findings import (
    Finding,
    bare_amounts,
    careless,
    foreign_sites,
    hard_to_read,
    missing,
    overdue,
    unknown_facts,
    unwritable,
)
from bussola.knowledge.languages import LANGUAGES
from bussola.knowledge.loading import Knowledge, Problem, read

Misplaced = Callable[[Knowledge], list[tuple[str, Finding]]]


@dataclass(frozen=True)
class Shelf:
    """Where things lie: entries, facts, and the questions no variant may repeat."""

    faq: Path
    facts: Path
    test_questions: Path | None = None


def check(shelf: Shelf, today: date, misplaced: Misplaced | None = None) -> list[Problem]:
    """Every problem of the knowledge, in file and line order.

    `misplaced` finds variants nearer to another entry; it needs the encoder, so it is optional.
    """
    knowledge, problems = read(shelf.faq)
    facts, whole = known_facts(shelf.facts), not problems
    problems += check_content(knowledge, facts, today)
    # What could not be read would be reported once more as missing from the lists.
    if whole:
        found = coverage_findings(knowledge, known_topics(shelf.facts), facts)
        problems += [Problem("not-covered.yml", 1, severity, text) for severity, text in found]
    if shelf.test_questions is not None:
        problems += _placed(leaked_questions(knowledge, shelf.test_questions), knowledge)
    if misplaced is not None and all(p.severity != "error" for p in problems):
        problems += _placed(misplaced(knowledge), knowledge)
    return sorted(problems, key=lambda p: (p.file, p.line, p.severity))


def _placed(found: list[tuple[str, Finding]], knowledge: Knowledge) -> list[Problem]:
    return [
        Problem(*knowledge.places[identity], severity, message, identity)
        for identity, (severity, message) in found
    ]


def check_content(knowledge: Knowledge, facts: dict[str, str], today: date) -> list[Problem]:
    """Problems of content: `facts` maps a fact id (``sheet/id``) to its confidence."""
    found: list[tuple[str, Finding]] = []
    for entry in knowledge.entries.values():
        found += [(entry.id, f) for f in _entry_findings(entry, knowledge, facts, today)]
    for identity, figure in knowledge.figures.items():
        found += [(identity, f) for f in unknown_facts(figure.facts, facts)]
        if figure.on(today) is None:
            message = "nessun valore valido oggi: la cifra è scaduta"
            found.append((identity, ("warning", message)))
    for identity, post in knowledge.signposts.items():
        found += [(identity, f) for f in unknown_facts(post.facts, facts)]
        found += [(identity, f) for f in foreign_sites(link.url for link in post.links)]
        if "{{" in post.text:
            found.append((identity, ("error", "un cartello non può contenere cifre con le graffe")))
    for theme in knowledge.themes.values():
        found += [
            (theme.id, f) for f in missing("start_with: voce", theme.start_with, knowledge.entries)
        ]
    found += companion_findings(knowledge, facts, today)
    found += repeated_questions(knowledge) + nearly_the_same(knowledge)
    return _placed(found, knowledge)


def _entry_findings(
    entry: Entry, knowledge: Knowledge, facts: dict[str, str], today: date
) -> list[Finding]:
    texts = [entry.answer, entry.details or "", *entry.steps]
    found = unwritable(texts, knowledge.figures, today)
    if found:
        return found
    answer = render(entry.answer, knowledge.figures, today).text
    found = _too_long(answer) + hard_to_read(answer)
    found += bare_amounts(texts) + unknown_facts(entry.facts, facts)
    found += careless(entry.facts, texts, facts)
    found += foreign_sites([x.url for x in entry.links] + [s.url for s in entry.sources])
    found += missing("voce collegata", entry.related, knowledge.entries)
    theme = knowledge.theme_of[entry.id]
    if theme not in knowledge.themes:
        found.append(("error", f"la cartella «{theme}» non è un tema di themes.yml"))
    found += overdue(entry.review, today)
    if not entry.valid.covers(today):
        found.append(("warning", "la voce non è valida oggi"))
    for language, translation in entry.translations.items():
        found += _translation_findings(language, translation, knowledge, today)
    return found


def _too_long(answer: str) -> list[Finding]:
    if len(answer) <= MAX_ANSWER_CHARACTERS:
        return []
    message = f"la risposta ha {len(answer)} caratteri (massimo {MAX_ANSWER_CHARACTERS})"
    return [("error", message)]


def _translation_findings(
    language: str, translation: Translation, knowledge: Knowledge, today: date
) -> list[Finding]:
    """The same rules on figures as for the Italian text, in a language we can write them in."""
    if language not in LANGUAGES:
        return [("error", f"traduzione in una lingua che non usiamo: {language}")]
    texts = [
        translation.question, translation.answer, translation.details or "", *translation.steps
    ]  # fmt: skip
    found = unwritable(texts, knowledge.figures, today)
    if not found:
        found = bare_amounts(texts) + [
            ("error", f"traduzione {language}: la cifra {name} è un testo italiano")
            for name in unspeakable(texts, knowledge.figures)
        ]
    return found
