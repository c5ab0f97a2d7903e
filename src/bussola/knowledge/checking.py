"""`bussola faq check`: what the form of a file cannot show."""

from __future__ import annotations

import re
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bussola.knowledge.entry import MAX_ANSWER_CHARACTERS, Entry
from bussola.knowledge.facts import known_facts
from bussola.knowledge.figures import references, render
from bussola.knowledge.loading import Knowledge, Problem, read
from bussola.knowledge.readability import gulpease
from bussola.text import folded

Finding = tuple[Literal["error", "warning"], str]
MIN_GULPEASE = 50
_BARE_AMOUNT = re.compile(
    r"\d[\d.]*(?:,\d+)?\s?(?:euro|€|%|per cento)|(?:\beuro|€)\s?\d[\d.]*(?:,\d+)?", re.IGNORECASE
)
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
    found: list[tuple[str, Finding]] = []
    for entry in knowledge.entries.values():
        found += [(entry.id, f) for f in _entry_findings(entry, knowledge, facts, today)]
    for identity, figure in knowledge.figures.items():
        found += [(identity, f) for f in _unknown_facts(figure.facts, facts)]
        if figure.on(today) is None:
            message = "nessun valore valido oggi: la cifra è scaduta"
            found.append((identity, ("warning", message)))
    for identity, post in knowledge.signposts.items():
        found += [(identity, f) for f in _unknown_facts(post.facts, facts)]
        found += [(identity, f) for f in _foreign_sites([link.url for link in post.links])]
        if references(post.text):
            found.append((identity, ("error", "un cartello non può contenere cifre con le graffe")))
    for theme in knowledge.themes.values():
        missing = [i for i in theme.start_with if i not in knowledge.entries]
        found += [(theme.id, ("error", f"start_with: voce inesistente {i}")) for i in missing]
    found += _repeated_questions(knowledge)
    return [
        Problem(*knowledge.places[identity], severity, message, identity)
        for identity, (severity, message) in found
    ]


def _unknown_facts(cited: list[str], facts: dict[str, str]) -> list[Finding]:
    return [
        ("error", f"il fatto {fact} non esiste in docs/facts")
        for fact in cited
        if fact not in facts
    ]


def _foreign_sites(urls: list[str]) -> list[Finding]:
    return [
        ("error", f"il sito non è istituzionale: {url}") for url in urls if not _institutional(url)
    ]


def _entry_findings(
    entry: Entry, knowledge: Knowledge, facts: dict[str, str], today: date
) -> list[Finding]:
    texts = [entry.answer, entry.details or "", *entry.steps]
    missing = [name for name in references(*texts) if name not in knowledge.figures]
    if missing:
        return [("error", f"cifre non definite in figures.yml: {', '.join(missing)}")]
    found = _wording_findings(entry, knowledge, today)
    found += _amount_findings(texts) + _unknown_facts(entry.facts, facts)
    found += _caution_findings(entry, texts, facts)
    found += _foreign_sites([x.url for x in entry.links] + [s.url for s in entry.sources if s.url])
    found += [
        ("error", f"voce collegata inesistente: {other}")
        for other in entry.related
        if other not in knowledge.entries
    ]
    theme = knowledge.theme_of[entry.id]
    if theme not in knowledge.themes:
        found.append(("error", f"la cartella «{theme}» non è un tema di themes.yml"))
    if entry.review.next <= today:
        found.append(("warning", f"revisione scaduta il {entry.review.next:%d/%m/%Y}"))
    if not entry.valid.covers(today):
        found.append(("warning", "la voce non è valida oggi"))
    return found


def _amount_findings(texts: list[str]) -> list[Finding]:
    bare = [match.group() for text in texts if (match := _BARE_AMOUNT.search(text))]
    return [("error", f"cifra scritta nel testo: «{b}» va in figures.yml") for b in bare]


def _caution_findings(entry: Entry, texts: list[str], facts: dict[str, str]) -> list[Finding]:
    """A weak fact may be used only when the answer says that it must be checked."""
    weak = [fact for fact in entry.facts if facts.get(fact, "A") not in _PUBLISHABLE]
    if not weak or any(_CAUTION.search(text) for text in texts):
        return []
    return [("error", f"fatto da verificare ({', '.join(weak)}): la risposta deve dirlo")]


def _wording_findings(entry: Entry, knowledge: Knowledge, today: date) -> list[Finding]:
    try:
        answer = render(entry.answer, knowledge.figures, today).text
        for text in (entry.details or "", *entry.steps):
            render(text, knowledge.figures, today)
    except ValueError as error:
        return [("error", f"la cifra {error} non ha ancora un valore")]
    found: list[Finding] = []
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


def _repeated_questions(knowledge: Knowledge) -> list[tuple[str, Finding]]:
    """The same question under two entries is an error; nearly the same is a warning."""
    owner: dict[str, str] = {}
    found: list[tuple[str, Finding]] = []
    for identity, questions in _all_questions(knowledge):
        for question in questions:
            key = folded(question)
            first = owner.setdefault(key, identity)
            if first != identity:
                found.append((identity, ("error", f"«{question}» è già una domanda di {first}")))
    keys = sorted(owner)
    for a, b in pairwise(keys):
        if owner[a] != owner[b] and SequenceMatcher(None, a, b).ratio() > 0.93:
            message = f"«{b}» è quasi uguale a una domanda di {owner[a]}"
            found.append((owner[b], ("warning", message)))
    return found


def _all_questions(knowledge: Knowledge) -> list[tuple[str, list[str]]]:
    entries = [(e.id, e.questions) for e in knowledge.entries.values()]
    return entries + [(s.id, s.examples) for s in knowledge.signposts.values()]
