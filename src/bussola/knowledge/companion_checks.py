"""Checks of tables, sheets, quizzes, notices and calculators, and of the list of topics."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bussola.calculators.formulas import FORMULAS
from bussola.knowledge.companions import Calculator, Notice, Quiz, Sheet, Table
from bussola.knowledge.figures import render
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
from bussola.knowledge.loading import Knowledge

Found = list[tuple[str, Finding]]


def companion_findings(knowledge: Knowledge, facts: dict[str, str], today: date) -> Found:
    """Every problem of what stands around the entries, with the id of its owner."""
    found: Found = []
    for table in knowledge.tables.values():
        found += _of(table.id, _table(table, knowledge, facts, today))
    for sheet in knowledge.sheets.values():
        found += _of(sheet.id, _sheet(sheet, knowledge, facts, today))
    for quiz in knowledge.quizzes.values():
        found += _of(quiz.id, _quiz(quiz, knowledge, today))
    for notice in knowledge.notices.values():
        found += _of(notice.id, _notice(notice, knowledge, facts, today))
    for calculator in knowledge.calculators.values():
        found += _of(calculator.id, _calculator(calculator, knowledge, facts, today))
    return found


def _of(identity: str, findings: Iterable[Finding]) -> Found:
    return [(identity, finding) for finding in findings]


def _texts(texts: list[str], knowledge: Knowledge, today: date) -> list[Finding]:
    """Figures in order, no bare amount, and readable once the figures are in place."""
    found = unwritable(texts, knowledge.figures, today)
    if found:
        return found
    found = bare_amounts(texts)
    for text in texts:
        found += hard_to_read(render(text, knowledge.figures, today).text)
    return found


def _plain(texts: list[str]) -> list[Finding]:
    """Words that are shown as they are: no figure is put in them, so none may be named."""
    named = [text for text in texts if "{{" in text]
    return bare_amounts(texts) + [
        ("error", f"qui non si possono nominare cifre: «{t}»") for t in named
    ]


def _rests_on(
    item: Table | Sheet | Notice, texts: list[str], facts: dict[str, str], today: date
) -> list[Finding]:
    found = unknown_facts(item.facts, facts) + careless(item.facts, texts, facts)
    found += foreign_sites(source.url for source in item.sources)
    return found + overdue(item.review, today)


def _table(table: Table, knowledge: Knowledge, facts: dict[str, str], today: date) -> list[Finding]:
    cells = [cell for row in table.rows for cell in row]
    note = [table.note] if table.note else []
    found = unwritable([*cells, *note], knowledge.figures, today) or bare_amounts([*cells, *note])
    found += _plain([table.title, *table.columns])
    found += missing("voce", table.entries, knowledge.entries)
    return found + _rests_on(table, note, facts, today)


def _sheet(sheet: Sheet, knowledge: Knowledge, facts: dict[str, str], today: date) -> list[Finding]:
    texts = [part.text for part in sheet.parts]
    found = _texts(texts, knowledge, today) + _rests_on(sheet, texts, facts, today)
    found += _plain([sheet.title, sheet.summary, *(part.title for part in sheet.parts)])
    found += missing("tema", [sheet.theme], knowledge.themes)
    found += missing("voce", sheet.entries, knowledge.entries)
    found += missing("tabella", (p.table for p in sheet.parts if p.table), knowledge.tables)
    calculators = (p.calculator for p in sheet.parts if p.calculator)
    return found + missing("calcolatore", calculators, knowledge.calculators)


def _quiz(quiz: Quiz, knowledge: Knowledge, today: date) -> list[Finding]:
    found = missing("tema", [quiz.theme], knowledge.themes) + overdue(quiz.review, today)
    found += _plain([quiz.title, quiz.summary])
    for question in quiz.questions:
        texts = [question.question, *question.options, question.explanation]
        found += unwritable(texts, knowledge.figures, today) or bare_amounts(texts)
        found += missing("voce", [question.entry], knowledge.entries)
        if len(set(question.options)) < len(question.options):
            found.append(("error", f"due opzioni uguali in «{question.question}»"))
    return found


def _notice(
    notice: Notice, knowledge: Knowledge, facts: dict[str, str], today: date
) -> list[Finding]:
    found = _texts([notice.text], knowledge, today) + _plain([notice.title])
    found += _rests_on(notice, [notice.text], facts, today)
    found += missing("tema", [notice.theme], knowledge.themes)
    found += missing("voce", [notice.entry] if notice.entry else [], knowledge.entries)
    found += foreign_sites(link.url for link in notice.links)
    if notice.valid.until and notice.valid.until < today:
        found.append(("warning", "avviso scaduto: si può togliere"))
    return found


def _calculator(
    calculator: Calculator, knowledge: Knowledge, facts: dict[str, str], today: date
) -> list[Finding]:
    found = unknown_facts(calculator.facts, facts) + overdue(calculator.review, today)
    found += missing("formula", [calculator.id], FORMULAS)
    names = {field.name for field in calculator.fields}
    for field in calculator.fields:
        found += _plain([field.label, field.question, field.hint or "", field.only_if or ""])
        leans_on = [*field.when, *([field.up_to[0]] if field.up_to else [])]
        found += missing(f"{field.name}: campo", leans_on, names)
    found += _plain([calculator.title, calculator.summary])
    found += missing("voce", calculator.entries, knowledge.entries)
    found += missing("tema", [calculator.theme], knowledge.themes)
    return found + _texts(calculator.notes, knowledge, today)


def coverage_findings(
    knowledge: Knowledge, topics: dict[str, str], facts: dict[str, str]
) -> list[Finding]:
    """Topics of the sheets that nobody answers or excuses, and facts that nothing uses.

    `topics` maps ``sheet/number`` to the topic's words, `facts` a fact id to its confidence.
    """
    found: list[Finding] = []
    for topic in knowledge.topics.values():
        found += missing(f"{topic.id}: voce", topic.entries, knowledge.entries)
    answered = {*knowledge.topics, *knowledge.not_covered}
    found += [
        ("error", f"argomento senza voce e senza motivo: {topic} «{words}»")
        for topic, words in topics.items()
        if topic not in answered
    ]
    listed = {*topics, *facts}
    found += [
        ("error", f"{identity} non è un argomento né un fatto di docs/facts")
        for identity in sorted(answered)
        if identity not in listed
    ]
    used = _used_facts(knowledge)
    found += [
        ("warning", f"fatto che nessuno usa: {fact} (grado {grade})")
        for fact, grade in facts.items()
        if fact not in used and fact not in knowledge.not_covered
    ]
    return found


def _used_facts(knowledge: Knowledge) -> set[str]:
    rooms = (
        knowledge.entries, knowledge.signposts, knowledge.figures, knowledge.tables,
        knowledge.sheets, knowledge.notices, knowledge.calculators,
    )  # fmt: skip
    return {fact for room in rooms for item in room.values() for fact in item.facts}
