"""`bussola faq check`: what the form of a file cannot show."""

from __future__ import annotations

import re
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import urlsplit

from bussola.knowledge.entry import MAX_ANSWER_CHARACTERS, Entry
from bussola.knowledge.facts import known_facts
from bussola.knowledge.figures import references, render
from bussola.knowledge.loading import Knowledge, Problem, read
from bussola.knowledge.readability import gulpease
from bussola.text import folded

MIN_GULPEASE = 50
_BARE_AMOUNT = re.compile(r"\d[\d.]*(?:,\d+)?\s?(?:euro|€|%|per cento)", re.IGNORECASE)
_INSTITUTIONS = (
    "inps.it", "inail.it", "normattiva.it", "gazzettaufficiale.it", "gov.it", "1522.eu",
    "interno.gov.it", "europa.eu", "cassacolf.it",
)  # fmt: skip
_PUBLISHABLE = {"A", "B"}
_CAUTION = re.compile(r"verific|controlla|chiedi|conferm", re.IGNORECASE)


def check(folder: Path, facts_folder: Path, today: date) -> list[Problem]:
    """Every problem of the knowledge in `folder`, in file and line order."""
    knowledge, problems = read(folder)
    problems += check_content(knowledge, known_facts(facts_folder), today)
    return sorted(problems, key=lambda p: (p.file, p.line, p.severity))


def check_content(knowledge: Knowledge, facts: dict[str, str], today: date) -> list[Problem]:
    """Problems of content: `facts` maps a fact id (``sheet/id``) to its confidence."""
    problems: list[Problem] = []

    def say(identity: str, severity: str, message: str) -> None:
        place = knowledge.places[identity]
        problems.append(Problem(place.file, place.line, severity, message, identity))  # type: ignore[arg-type]

    for entry in knowledge.entries.values():
        for severity, message in _entry_findings(entry, knowledge, facts, today):
            say(entry.id, severity, message)
    for identity, figure in knowledge.figures.items():
        for fact in figure.facts:
            if fact not in facts:
                say(identity, "error", f"il fatto {fact} non esiste in docs/facts")
        if figure.on(today) is None:
            say(identity, "warning", "nessun valore valido oggi: la cifra è scaduta")
    for identity, signpost in knowledge.signposts.items():
        for link in signpost.links:
            if not _institutional(link.url):
                say(identity, "error", f"il sito non è istituzionale: {link.url}")
        for fact in signpost.facts:
            if fact not in facts:
                say(identity, "error", f"il fatto {fact} non esiste in docs/facts")
    for severity, identity, message in _repeated_questions(knowledge):
        say(identity, severity, message)
    return problems


def _entry_findings(
    entry: Entry, knowledge: Knowledge, facts: dict[str, str], today: date
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    theme = knowledge.theme_of[entry.id]
    if theme not in knowledge.themes:
        found.append(("error", f"la cartella «{theme}» non è un tema di themes.yml"))
    texts = [entry.answer, entry.details or "", *entry.steps]
    missing = [name for name in references(*texts) if name not in knowledge.figures]
    if missing:
        found.append(("error", f"cifre non definite in figures.yml: {', '.join(missing)}"))
        return found
    found += _wording_findings(entry, knowledge, today)
    for text in texts:
        bare = _BARE_AMOUNT.search(text)
        if bare:
            found.append(("error", f"cifra scritta nel testo: «{bare.group()}» va in figures.yml"))
    for fact in entry.facts:
        if fact not in facts:
            found.append(("error", f"il fatto {fact} non esiste in docs/facts"))
    weak = [f for f in entry.facts if facts.get(f, "A") not in _PUBLISHABLE]
    if weak and not any(_CAUTION.search(text) for text in texts):
        found.append(("error", f"fatto da verificare ({', '.join(weak)}): la risposta deve dirlo"))
    for other in entry.related:
        if other not in knowledge.entries:
            found.append(("error", f"voce collegata inesistente: {other}"))
    for url in [x.url for x in entry.links] + [s.url for s in entry.sources if s.url]:
        if not _institutional(url):
            found.append(("error", f"il sito non è istituzionale: {url}"))
    if entry.review.next <= today:
        found.append(("warning", f"revisione scaduta il {entry.review.next:%d/%m/%Y}"))
    if not entry.valid.covers(today):
        found.append(("warning", "la voce non è valida oggi"))
    return found


def _wording_findings(entry: Entry, knowledge: Knowledge, today: date) -> list[tuple[str, str]]:
    try:
        answer = render(entry.answer, knowledge.figures, today).text
    except ValueError as error:
        return [("error", f"la cifra {error} non ha ancora un valore")]
    found = []
    if len(answer) > MAX_ANSWER_CHARACTERS:
        found.append(
            ("error", f"la risposta ha {len(answer)} caratteri (massimo {MAX_ANSWER_CHARACTERS})")
        )
    score = gulpease(answer)
    if score < MIN_GULPEASE:
        found.append(("error", f"leggibilità {score:.0f}, minimo {MIN_GULPEASE}: frasi più corte"))
    return found


def _institutional(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return any(host == site or host.endswith("." + site) for site in _INSTITUTIONS)


def _repeated_questions(knowledge: Knowledge) -> list[tuple[str, str, str]]:
    """The same question under two entries is an error; nearly the same is a warning."""
    owner: dict[str, str] = {}
    found: list[tuple[str, str, str]] = []
    for identity, questions in _all_questions(knowledge):
        for question in questions:
            key = folded(question)
            first = owner.setdefault(key, identity)
            if first != identity:
                found.append(("error", identity, f"«{question}» è già una domanda di {first}"))
    keys = sorted(owner)
    for a, b in zip(keys, keys[1:], strict=False):
        if owner[a] != owner[b] and SequenceMatcher(None, a, b).ratio() > 0.93:
            found.append(("warning", owner[b], f"«{b}» è quasi uguale a una domanda di {owner[a]}"))
    return found


def _all_questions(knowledge: Knowledge) -> list[tuple[str, list[str]]]:
    entries = [(e.id, e.questions) for e in knowledge.entries.values()]
    return entries + [(s.id, s.examples) for s in knowledge.signposts.values()]
