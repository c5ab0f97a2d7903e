"""`bussola faq stats`: how much there is of everything, by theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bussola.knowledge.loading import Knowledge

_COLUMNS = ("voci", "domande", "min", "schede", "tabelle", "calcoli", "quiz", "avvisi")
_WIDTH = 8


def table_of(knowledge: Knowledge) -> Iterator[str]:
    """The lines of the report. "min" is the fewest variants an entry of the theme has."""
    yield _line("tema", *_COLUMNS)
    for theme in knowledge.themes:
        entries = [e for e in knowledge.entries.values() if knowledge.theme_of[e.id] == theme]
        yield _line(
            theme,
            len(entries),
            sum(len(e.questions) for e in entries),
            min((len(e.variants) for e in entries), default=0),
            sum(s.theme == theme for s in knowledge.sheets.values()),
            sum(knowledge.theme_of.get(t.entries[0]) == theme for t in knowledge.tables.values()),
            sum(c.theme == theme for c in knowledge.calculators.values()),
            sum(len(q.questions) for q in knowledge.quizzes.values() if q.theme == theme),
            sum(n.theme == theme for n in knowledge.notices.values()),
        )
    yield ""
    for kind, number in sorted(Counter(s.kind for s in knowledge.signposts.values()).items()):
        yield _line(f"cartelli {kind}", number)
    yield _line("esempi dei cartelli", sum(len(s.examples) for s in knowledge.signposts.values()))
    yield _line("cifre", len(knowledge.figures))
    yield _line("argomenti coperti", len(knowledge.topics))
    yield _line("non coperti", len(knowledge.not_covered))
    yield from _translations(knowledge)


def _translations(knowledge: Knowledge) -> Iterator[str]:
    counted = Counter(
        (language, translation.status)
        for entry in knowledge.entries.values()
        for language, translation in entry.translations.items()
    )
    for (language, status), number in sorted(counted.items()):
        words = "approvate" if status == "approved" else "bozze"
        yield _line(f"traduzioni {language}, {words}", number)


def _line(name: str, *cells: object) -> str:
    return f"{name:26}" + "".join(f"{cell!s:>{_WIDTH}}" for cell in cells)
