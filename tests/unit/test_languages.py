"""Which language a question is in, and how figures are written in each."""

from __future__ import annotations

from datetime import date

import pytest

from bussola.knowledge.figures import Figure, render
from bussola.knowledge.languages import LANGUAGES, language_of, written_in
from bussola.knowledge.loading import Knowledge

TODAY, NEW_YEAR = date(2026, 11, 22), date(2027, 1, 1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much do I pay for a live-in carer?", "en"),
        ("Cât trebuie să plătesc pentru concediul badantei?", "ro"),
        ("¿Cuántos días de vacaciones tiene una empleada de hogar?", "es"),
        ("Скільки днів відпустки має доглядальниця?", "uk"),
        ("Чи можу", "uk"),
        ("Combien coûte une heure de travail avec le Libretto Famiglia pour ma mère ?", "fr"),
        ("Sa ditë pushimi kam si punëtore shtëpie në Itali?", "sq"),
    ],
)
def test_other_languages_are_recognised(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    ["contributi baby sitter", "quanto costa il riscatto", "xke nn mi arriva il voucher", "?", "",
     "Ho desmentegà de pagar i contributi de la badante, cossa sucede se pago tardi?",
     "È ver che i maester e i paghen domà noeufcent euro a l'ann?", "naspi colf", "123 456"],
)  # fmt: skip
def test_italian_stays_italian(text: str) -> None:
    """Keywords with English in them, bad typing and dialects are Italian."""
    assert language_of(text) == "it"


def test_a_few_words_stay_in_the_language_before() -> None:
    """ "and holidays?" after an English question is English; alone it is nobody's."""
    assert language_of("and holidays?", before="en") == "en"
    assert language_of("and holidays?") == "it"


def test_almost_all_italian_questions_are_taken_for_italian(shipped: Knowledge) -> None:
    """Not one question of a curator is, and hardly any variant in Latin letters."""
    questions = [entry.question for entry in shipped.entries.values()]
    assert [q for q in questions if language_of(q) != "it"] == []


@pytest.mark.parametrize(
    ("language", "euros", "days"),
    [("en", "6,206.64 euros", "3 days"), ("es", "6.206,64 euros", "3 días"),
     ("ro", "6.206,64 euro", "3 zile"), ("uk", "6\u00a0206,64 євро", "3 дні")],
)  # fmt: skip
def test_figures_are_written_as_readers_write_them(language: str, euros: str, days: str) -> None:
    assert written_in(language, "EUR", 6206.64) == euros
    assert written_in(language, "days", 3) == days


def test_an_old_value_is_said_to_be_old_in_every_language(shipped: Knowledge) -> None:
    figure: dict[str, Figure] = {"costo": shipped.figures["laurea_agevolato_annuo"]}
    for language in LANGUAGES:
        assert "2026" in render("{{ costo }}", figure, NEW_YEAR, language).text
        assert "2026" not in render("{{ costo }}", figure, TODAY, language).text
