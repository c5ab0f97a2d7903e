"""A small knowledge folder that has nothing wrong, to be spoilt one line at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bussola.knowledge.checking import Shelf, check
from bussola.knowledge.loading import Problem

TODAY = date(2026, 11, 22)
SHEET = "prova/costo.yml"
THEMES = """\
themes:
  - id: prova
    label: Prova
    description: Un tema di prova.
    audience: Per tutti.
    words: [prova]
"""
FIGURES = """\
figures:
  costo:
    label: Costo
    unit: EUR
    source: {title: Circolare n. 1/2026, url: "https://www.inps.it/", date: 2026-02-09}
    facts: [prova/R1]
    confidence: A
    values:
      - {from: 2026-01-01, until: 2026-12-31, value: 6206.64}
"""
ENTRIES = """\
entries:
  - id: prova-costo
    question: Quanto costa?
    variants:
      - quanto pago
      - prezzo del servizio
      - che spesa c'è
      - qual è la cifra
      - mi dite il costo
      - serve pagare
      - è gratis o no
      - tariffa di oggi
    answer: Costa {{ costo }}. Paghi una volta sola.
    details: Il costo non cambia con il reddito.
    steps: []
    links:
      - {label: Sito dell'INPS, url: "https://www.inps.it/"}
    sources:
      - {title: Circolare n. 1/2026, url: "https://www.inps.it/", date: 2026-02-09}
    facts: [prova/R1]
    valid: {from: 2026-01-01, until: 2026-12-31}
    review: {on: 2026-11-01, owner: Redazione, next: 2027-01-31}
    related: []
"""
SIGNPOSTS = """\
signposts:
  - id: altrove
    kind: out_of_scope
    title: Altro
    examples: [che ore sono, dove siete, che tempo fa, chi vince]
    text: Di questo non parlo.
    links: []
"""
FACTS = """\
# Fatti

- **R1.** Il costo. Src: inps.it. Conf: A.
- **R2.** Da vedere. Src: un blog. Conf: C.
- **R3.** Due gradi: **A** for the rule; **N – verify** for the amount.
- **R4.** Senza grado.

## 9. Citizens' topics

1. Quanto costa: R1
2. Una storia vecchia → R4
"""
TOPICS = """\
topics:
  - {id: prova/1, entries: [prova-costo]}
"""
NOT_COVERED = """\
not_covered:
  - {id: prova/2, why: È storia.}
  - {id: prova/R2, why: Da vedere.}
  - {id: prova/R3, why: Gradi diversi.}
  - {id: prova/R4, why: Senza grado.}
"""
REVIEW = "review: {on: 2026-11-01, owner: Redazione, next: 2027-01-31}"
EVIDENCE = f"""\
    facts: [prova/R1]
    sources:
      - {{title: Circolare n. 1/2026, url: "https://www.inps.it/", date: 2026-02-09}}
    valid: {{from: 2026-01-01, until: 2026-12-31}}
    {REVIEW}
"""
TABLE = f"""\
tables:
  - id: tabella-costi
    title: I costi
    columns: [Che cosa, Costo]
    rows:
      - [Un anno, "{{{{ costo }}}}"]
      - [Niente, gratis]
    note: Il costo vale per tutti.
    entries: [prova-costo]
{EVIDENCE}"""
SHEET_FILE = f"""\
sheets:
  - id: scheda-costi
    theme: prova
    title: Quanto si spende
    summary: I costi in tre passi.
    parts:
      - title: Il costo
        text: Costa {{{{ costo }}}}. Si paga una volta.
        entries: [prova-costo]
        table: tabella-costi
      - {{title: Il pagamento, text: Si paga in banca.}}
      - {{title: Dopo, text: Non c'è altro da fare.}}
{EVIDENCE}"""
NOTICE = f"""\
notices:
  - id: avviso-costi
    theme: prova
    title: Nuovi costi
    text: Adesso costa {{{{ costo }}}}.
    entry: prova-costo
{EVIDENCE}"""
_QUESTION = """\
      - question: Quanto costa?
        options: [niente, "{{ costo }}", non si sa]
        right: 2
        explanation: Costa {{ costo }}.
        entry: prova-costo
"""
QUIZ = f"""\
quizzes:
  - id: quiz-costi
    theme: prova
    title: I costi
    summary: Otto domande.
    questions:
{_QUESTION * 8}    {REVIEW}
"""
COMPANIONS = {
    "tables.yml": TABLE, "sheets/prova.yml": SHEET_FILE, "notices.yml": NOTICE,
    "quizzes/prova.yml": QUIZ,
}  # fmt: skip


class Folder:
    """The knowledge and the facts in `folder`; `spoil` changes one file."""

    def __init__(self, folder: Path) -> None:
        self.faq, self.facts = folder / "faq", folder / "facts"
        self.facts.mkdir(parents=True)
        (self.facts / "prova.md").write_text(FACTS, encoding="utf-8")
        for name, text in (
            ("themes.yml", THEMES), ("figures.yml", FIGURES), (SHEET, ENTRIES),
            ("signposts.yml", SIGNPOSTS), ("topics.yml", TOPICS),
            ("not-covered.yml", NOT_COVERED),
        ):  # fmt: skip
            self.write(name, text)

    def write(self, name: str, content: str | bytes) -> None:
        """Write one file of the knowledge."""
        file = self.faq / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())

    def with_companions(self) -> Folder:
        """The same folder with a table, a sheet, a notice and a quiz."""
        for name, text in COMPANIONS.items():
            self.write(name, text)
        return self

    def spoil(self, name: str, old: str, new: str) -> int:
        """Replace `old` by `new` in a file; returns the line on which `new` begins."""
        text = (self.faq / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        self.write(name, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def problems(self, today: date = TODAY) -> list[Problem]:
        """What `bussola faq check` says of it."""
        return check(Shelf(self.faq, self.facts), today)
