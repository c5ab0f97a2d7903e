"""With a clock at 1 January 2027: nothing that expired is given as current, nothing breaks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

import pytest

from bussola.calculators.asking import advance, begin
from bussola.knowledge.answers import CuratedAnswers
from bussola.knowledge.calibration import Learnt, Policy
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.figures import references
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.index import Index
from bussola.knowledge.loading import Knowledge
from bussola.knowledge.service import KnowledgeService, Snapshot
from bussola.texts import Catalogue

LAST_DAY, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


def service(knowledge: Knowledge, today: date) -> KnowledgeService:
    """Answers of `today`, from knowledge that is already read: no index is needed."""
    nothing = cast("Encoder", None)
    found = KnowledgeService(Path(), nothing, nothing, Policy(), lambda: today)
    found._snapshot = Snapshot(knowledge, cast("Index", None), cast("Learnt", None), {})
    return found


def expired(knowledge: Knowledge, entry_id: str, day: date) -> bool:
    """True when a figure of the entry, or the entry itself, does not hold on `day`."""
    entry = knowledge.entries[entry_id]
    named = references(entry.answer, entry.details, *entry.steps)
    return not entry.valid.covers(day) or any(knowledge.figures[n].on(day) is None for n in named)


def test_the_case_is_real(shipped: Knowledge) -> None:
    """Dozens of answers hold a value that ends on 31 December 2026."""
    assert sum(expired(shipped, entry, NEW_YEAR) for entry in shipped.entries) > 20
    assert not any(expired(shipped, entry, LAST_DAY) for entry in shipped.entries)


def test_an_expired_answer_says_so_first(shipped: Knowledge, texts: Catalogue) -> None:
    """Those and only those begin with the warning."""
    answers = CuratedAnswers(service(shipped, NEW_YEAR), texts)
    for entry in shipped.entries:
        shown = answers.entry(entry)
        assert shown is not None
        assert shown.text.startswith(texts.say("stale")) == expired(shipped, entry, NEW_YEAR), entry


def test_an_expired_value_carries_its_year(shipped: Knowledge) -> None:
    """Wherever a figure without a value of 2027 is written, the year of its last value follows."""
    now = service(shipped, NEW_YEAR)
    for entry in shipped.entries.values():
        old = [n for n in references(entry.answer) if shipped.figures[n].on(NEW_YEAR) is None]
        answer = now.answer(entry.id)
        assert answer is not None
        for name in old:
            if "{{ " + name + " }}" in entry.answer:
                value = shipped.figures[name].latest_before(NEW_YEAR)
                assert value is not None
                written = shipped.figures[name].written(value)
                assert f"{written} (valore del" in answer.text, (entry.id, name)


def test_translations_warn_in_their_language(shipped: Knowledge, texts: Catalogue) -> None:
    answers = CuratedAnswers(service(shipped, NEW_YEAR), texts)
    for entry in shipped.entries.values():
        for language, words in entry.translations.items():
            if words.status != "approved" or not expired(shipped, entry.id, NEW_YEAR):
                continue
            shown = answers.entry(entry.id, language)
            assert shown is not None
            assert shown.text.startswith(texts.say(f"stale_{language}")), (entry.id, language)


@pytest.mark.parametrize("calculator", ["riscatto-agevolato", "contributi-trimestre"])
def test_a_calculator_says_which_year_it_used(
    shipped: Knowledge, texts: Catalogue, calculator: str
) -> None:
    """The values of 2026 are still worked with, and said to be of 2026, before anything else."""
    card = shipped.calculators[calculator]
    step = begin(card)
    while step.field is not None:
        typed = step.field.choices[-1].label if step.field.choices else f"{step.field.max:g}"
        step = advance(card, step.values, step.field.name, typed)
    result = CuratedGuide(lambda: shipped, lambda: NEW_YEAR, texts).result(calculator, step.values)
    assert result is not None
    assert result.data["words"][0] == texts.say("calc_stale", year=2026)
    assert texts.say("calc_indicative", year=2026) in result.text


def test_old_notices_are_gone(shipped: Knowledge, texts: Catalogue) -> None:
    for theme in shipped.themes:
        for identity, _ in CuratedGuide(lambda: shipped, lambda: NEW_YEAR, texts).notices(theme):
            assert shipped.notices[identity].valid.covers(NEW_YEAR)
