"""The Guide port of the conversations over curated knowledge, with the figures of today."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

from bussola.calculators import working_out
from bussola.conversations.guide import (
    AskView,
    NewsView,
    OfferKind,
    QuizView,
    ResultView,
    SheetView,
    TableView,
    Titled,
)
from bussola.conversations.ports import Texts
from bussola.knowledge.companions import (
    Calculator,
    CalculatorField,
    Notice,
    Quiz,
    Sheet,
    SheetPart,
    Table,
)
from bussola.knowledge.evidence import evidence, links_as_data
from bussola.knowledge.figures import italian_number, render
from bussola.knowledge.loading import Knowledge


class CuratedGuide:
    """Reads the knowledge of the moment at each call, so a swapped index is seen at once."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        today: Callable[[], date],
        texts: Texts,
        site: str = "",
    ) -> None:
        self._knowledge, self._today, self._texts, self._site = knowledge, today, texts, site

    def today(self) -> date:
        """The day everything is shown for."""
        return self._today()

    def _written(self, text: str) -> str:
        return render(text, self._knowledge().figures, self._today()).text

    def _question(self, entry_id: str) -> Titled | None:
        entry = self._knowledge().entries.get(entry_id)
        return (entry.id, entry.question) if entry else None

    # Under an answer

    def offers(self, entry_id: str) -> list[tuple[OfferKind, str, str]]:
        now = self._knowledge()
        found: list[tuple[OfferKind, str, str]] = [
            ("table", t.id, t.title) for t in now.tables.values() if entry_id in t.entries
        ]
        found += [
            ("calculate", c.id, c.title) for c in now.calculators.values() if entry_id in c.entries
        ]
        theme = now.theme_of.get(entry_id)
        sheets = [s for s in now.sheets.values() if entry_id in s.entries]
        # The sheet of the same theme that comes to this answer first is the one about it.
        sheets.sort(key=lambda s: (s.theme != theme, s.entries.index(entry_id)))
        return found + [("sheet", s.id, s.title) for s in sheets]

    # Tables

    def table(self, table_id: str) -> TableView | None:
        table = self._knowledge().tables.get(table_id)
        if table is None:
            return None
        rows = [[self._written(cell) for cell in row] for row in table.rows]
        note = self._written(table.note) if table.note else ""
        stale = self._stale(table)
        text = "\n\n".join(part for part in (stale, table_as_text(table, rows), note) if part)
        data = {
            "table": {"title": table.title, "columns": table.columns, "rows": rows},
            "words": [part for part in (note, stale) if part],
            **evidence(table.sources, table.review.on),
        }
        return TableView(text, data)

    def _stale(self, item: Table | Sheet) -> str:
        """The warning that goes before what is not valid today, or nothing."""
        return "" if item.valid.covers(self._today()) else self._texts.say("stale")

    # Sheets

    def sheets(self, theme: str) -> list[Titled]:
        return [(s.id, s.title) for s in self._knowledge().sheets.values() if s.theme == theme]

    def sheet(self, sheet_id: str) -> SheetView | None:
        sheet = self._knowledge().sheets.get(sheet_id)
        if sheet is None:
            return None
        steps = "\n".join(f"{number} {part.title}".strip() for number, part in numbered(sheet))
        text = "\n\n".join(
            part for part in (self._stale(sheet), f"{sheet.title}. {sheet.summary}", steps) if part
        )
        label = self._texts.say("sheet_open")
        links = [{"label": label, "url": f"{self._site}/schede/{sheet.id}"}]
        entries = tuple(q for q in map(self._question, sheet.entries) if q)
        return SheetView(
            text, entries, {"links": links, **evidence(sheet.sources, sheet.review.on)}
        )

    def paragraphs(self, sheet: Sheet) -> list[str]:
        """The text of each part, figures in place."""
        return [self._written(part.text) for part in sheet.parts]

    # Quizzes

    def quizzes(self, theme: str | None) -> list[Titled]:
        return [(q.id, q.title) for q in self._knowledge().quizzes.values()
                if theme in (None, q.theme)]  # fmt: skip

    def quiz(self, quiz_id: str, number: int) -> QuizView | None:
        quiz = self._knowledge().quizzes.get(quiz_id)
        if quiz is None or not 1 <= number <= len(quiz.questions):
            return None
        return self.quiz_question(quiz, number)

    def quiz_question(self, quiz: Quiz, number: int) -> QuizView:
        """Question `number` (from 1) with its figures in place."""
        asked = quiz.questions[number - 1]
        return QuizView(
            quiz_id=quiz.id,
            number=number,
            of=len(quiz.questions),
            text=self._written(asked.question),
            options=tuple(map(self._written, asked.options)),
            right=asked.right - 1,
            explanation=self._written(asked.explanation),
            entry=self._question(asked.entry) or (asked.entry, asked.question),
        )

    # Notices

    def current_notices(self, theme: str | None = None) -> list[Notice]:
        """Notices that hold today, the newest first."""
        today = self._today()
        current = [
            n
            for n in self._knowledge().notices.values()
            if n.valid.covers(today) and theme in (None, n.theme)
        ]
        return sorted(current, key=lambda n: n.valid.from_, reverse=True)

    def notices(self, theme: str) -> list[Titled]:
        return [(n.id, n.title) for n in self.current_notices(theme)]

    def notice(self, notice_id: str) -> NewsView | None:
        notice = next((n for n in self.current_notices() if n.id == notice_id), None)
        if notice is None:
            return None
        return NewsView(
            id=notice.id,
            title=notice.title,
            text=self.notice_text(notice),
            entry=self._question(notice.entry) if notice.entry else None,
            data={
                "links": links_as_data(notice.links),
                **evidence(notice.sources, notice.review.on),
            },
        )

    def notice_text(self, notice: Notice) -> str:
        return self._written(notice.text)

    # Calculators

    def calculators(self, theme: str | None) -> list[Titled]:
        return [(c.id, c.title) for c in self._knowledge().calculators.values()
                if theme in (None, c.theme)]  # fmt: skip

    def ask(self, calculator_id: str, field: str, problem: str | None) -> AskView | None:
        calculator = self._knowledge().calculators.get(calculator_id)
        asked = (
            next((f for f in calculator.fields if f.name == field), None) if calculator else None
        )
        if asked is None:
            return None
        text = asked.question if problem else " ".join(filter(None, (asked.question, asked.hint)))
        return AskView(
            text=text,
            choices=tuple(choice.label for choice in asked.choices),
            optional=asked.optional,
            problem=self.problem(asked, problem) if problem else "",
        )

    def problem(self, field: CalculatorField, problem: str) -> str:
        """Why an answer does not fit, kindly and with the limits."""
        unit = f" {field.unit}" if field.unit else ""
        return self._texts.say(
            f"calc_problem_{problem}",
            min=f"{italian_number(field.min or 0)}{unit}",
            max=f"{italian_number(field.max or 0)}{unit}",
        )

    def result(self, calculator_id: str, values: dict[str, Any]) -> ResultView | None:
        calculator = self._knowledge().calculators.get(calculator_id)
        if calculator is None:
            return None
        worked = working_out.work_out(calculator, values, self._knowledge().figures, self._today())
        rows = [
            [self._texts.say(f"calc_amount_{amount.key}"), working_out.written(amount)]
            for amount in worked.amounts
        ]
        words = [
            *([self._texts.say("calc_stale", year=worked.year)] if worked.stale else []),
            *(self._texts.say(f"calc_caution_{caution}") for caution in worked.cautions),
            *map(self._written, calculator.notes),
            self._texts.say("calc_indicative", year=worked.year),
        ]
        listed = "\n".join(f"{label}: {value}" for label, value in rows)
        data = {
            "calculator": calculator.id,
            "table": {"title": calculator.title, "columns": [], "rows": rows},
            "words": words,
            **evidence(worked.sources, calculator.review.on),
        }
        return ResultView("\n\n".join(filter(None, [listed, *words])), data)

    def calculator(self, calculator_id: str) -> Calculator | None:
        """The curated card, for the page."""
        return self._knowledge().calculators.get(calculator_id)


def numbered(sheet: Sheet) -> list[tuple[str, SheetPart]]:
    """The parts of a sheet with "1.", "2." before the steps and nothing before the rest."""
    count = itertools.count(1)
    return [(f"{next(count)}." if part.step else "", part) for part in sheet.parts]


def table_as_text(table: Table, rows: list[list[str]]) -> str:
    """The table for channels without tables: a line a cell, named by its column."""
    blocks = [
        "\n".join([row[0], *(f"  {head}: {cell}" for head, cell in
                             zip(table.columns[1:], row[1:], strict=True))])
        for row in rows
    ]  # fmt: skip
    return "\n".join([f"{table.title}.", *blocks])
