"""The languages of translations: how a figure is written in each, and which one a text is in."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit
from lingua import Language, LanguageDetector, LanguageDetectorBuilder

ITALIAN = "it"
LANGUAGES = {"en": "English", "ro": "Română", "es": "Español", "uk": "Українська"}
"""Languages an answer may be translated to, each by its own name."""
_UNDERSTOOD = (
    Language.ITALIAN, Language.ENGLISH, Language.ROMANIAN, Language.SPANISH, Language.UKRAINIAN,
    Language.FRENCH, Language.ALBANIAN,
)  # fmt: skip
_ITALIAN_AT_MOST = {"translated": 0.13, "spoken_before": 0.30, "other": 0.05}
"""Highest confidence in Italian at which another language wins. Dialects look French or
Spanish, so more proof is wanted where the citizen gains little."""
_ITALIAN_NAMES = re.compile(
    r"\b(?:libretto famiglia|libretto|presto|inps|inail|colf|badant[ei]|patronato|spid|cie|caf|"
    r"naspi|tfr|decreto flussi|permesso di soggiorno|riscatto|laurea)\b",
    re.IGNORECASE,
)
"""Names that everybody says in Italian: they tell nothing of the language around them."""
_FEWEST_WORDS = 4
"""Short Italian keywords ("contributi baby sitter") look foreign: they stay Italian."""
_NOT_LATIN = 0.5
_YEAR = {"en": "{year} value", "ro": "valoarea din {year}", "es": "valor de {year}",
         "uk": "значення за {year} рік"}  # fmt: skip


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(*_UNDERSTOOD).build()


def language_of(text: str, before: str = ITALIAN) -> str:
    """The ISO 639-1 code of the language of a citizen's question.

    A few words say little: they are taken to be in the language spoken `before`. A longer
    text that is not clearly foreign is Italian, in whatever dialect.
    """
    text = _ITALIAN_NAMES.sub(" ", text) if len(text.split()) > _FEWEST_WORDS else text
    letters = [c for c in text if c.isalpha()]
    cyrillic = sum("\u0400" <= c <= "\u04ff" for c in letters)
    if not letters or (len(text.split()) < _FEWEST_WORDS and cyrillic < _NOT_LATIN * len(letters)):
        return before
    ranked = _detector().compute_language_confidence_values(text)
    italian = next(found.value for found in ranked if found.language == Language.ITALIAN)
    best = ranked[0].language.iso_code_639_1.name.lower()
    case = "spoken_before" if best == before else "translated" if best in LANGUAGES else "other"
    return best if italian <= _ITALIAN_AT_MOST[case] else ITALIAN


def written_in(language: str, unit: str, value: float | date) -> str:
    """A figure as a reader of that language writes it; `unit` is one of `Figure.unit`."""
    if isinstance(value, date):
        return format_date(value, "long", locale=language)
    if unit == "EUR":
        whole = float(value).is_integer()
        pattern = "#,##0" if whole else None
        return format_currency(
            value, "EUR", pattern, locale=language, currency_digits=not whole, format_type="name"
        )
    if unit == "percent":
        return format_percent(value / 100, format="#,##0.##%", locale=language)
    if unit in {"hours", "days", "weeks", "months", "years"}:
        return format_unit(value, f"duration-{unit[:-1]}", locale=language)
    return format_decimal(value, locale=language)


def value_of_year(language: str, written: str, year: int) -> str:
    """A figure that holds no more, said as such."""
    return f"{written} ({_YEAR[language].format(year=year)})"
