"""The curated content on Messenger: all of it fits, plain and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from rendered import (
    SITE,
    check,
    event_of,
    run_together,
    templates_of,
    texts_of,
)

from bussola.calculators.asking import advance, begin
from bussola.conversations.conversation import Context
from bussola.conversations.events import Event
from bussola.conversations.guide_replies import GuideReplies, Said
from bussola.conversations.replies import Replies
from bussola.knowledge.answers import CuratedAnswers
from bussola.knowledge.calibration import Learnt, Policy
from bussola.knowledge.embedding import Encoder
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.index import Index
from bussola.knowledge.loading import Knowledge
from bussola.knowledge.service import KnowledgeService, Snapshot
from bussola.texts import Catalogue

TODAY, NEW_YEAR = date(2026, 11, 22), date(2027, 1, 1)
MARKUP = re.compile(r"\*\*|__|\]\(|</?[a-z]+>|&[a-z]+;")


def voices(knowledge: Knowledge, texts: Catalogue, day: date) -> tuple[Replies, GuideReplies]:
    """The replies of `day`; knowledge is read already, so no index is needed."""
    nothing = cast("Encoder", None)
    service = KnowledgeService(Path(), nothing, nothing, Policy(), lambda: day)
    service._snapshot = Snapshot(knowledge, cast("Index", None), cast("Learnt", None), {})
    guide = GuideReplies(CuratedGuide(lambda: knowledge, lambda: day, texts, SITE), texts)
    return Replies(CuratedAnswers(service, texts), texts, guide), guide


def answers(knowledge: Knowledge, replies: Replies) -> Iterator[Said]:
    """Every entry in each of its languages, its details, and every signpost."""
    for entry in knowledge.entries.values():
        for language in ("it", *entry.translations, "fr"):
            yield replies.answer(entry.id, Context(language=language))
            yield replies.details(entry.id, Context(language=language))
        yield replies.ask_which((entry.id, *entry.related[:2]), (), Context())
    for post in knowledge.signposts.values():
        yield replies.signpost(post.kind, post.id, Context())
        yield replies.for_an_expert(post.id, Context())


def companions(knowledge: Knowledge, replies: Replies, guide: GuideReplies) -> Iterator[Said]:
    """Every menu, table, sheet, notice and quiz question with its answers."""
    for theme in knowledge.themes:
        for said_of in (replies.theme, replies.sheets):
            yield said_of(theme, Context())
        for offered in (guide.notices, guide.quizzes, guide.calculators):
            yield offered(theme, Context())
    yield from (guide.table(identity, Context()) for identity in knowledge.tables)
    yield from (guide.sheet(identity, Context()) for identity in knowledge.sheets)
    for quiz in knowledge.quizzes.values():
        for number, question in enumerate(quiz.questions, 1):
            yield guide.quiz(quiz.id, number, Context())
            for option in range(len(question.options)):
                yield guide.quiz_answer(f"{quiz.id}:{number}:{option}", Context())


def calculations(knowledge: Knowledge, guide: GuideReplies) -> Iterator[Said]:
    """Every question of every calculator, plain and after each slip, and a result."""
    for card in knowledge.calculators.values():
        for field in card.fields:
            for problem in (None, "not_a_number", "too_big"):
                asked = {"calculator": card.id, "field": field.name, "problem": problem,
                         "values": {}}  # fmt: skip
                yield guide.calculation_ask(asked, Context())
        step = begin(card)
        while step.field is not None:
            typed = step.field.choices[-1].label if step.field.choices else f"{step.field.max:g}"
            step = advance(card, step.values, step.field.name, typed)
        yield guide.calculation({"calculator": card.id, "values": step.values}, Context())


def talk(knowledge: Knowledge, texts: Catalogue, day: date) -> Iterator[Event]:
    """All that the bot can say of curated content on `day`."""
    replies, guide = voices(knowledge, texts, day)
    yield from map(event_of, replies.welcome())
    single = [replies.menu(Context()), replies.dont_know(Context(), ()),
              replies.case_opened("K7QM-2XWD-9TRA", "lunedì 30 novembre", Context()),
              replies.added_to_case("K7QM-2XWD-9TRA", Context())]  # fmt: skip
    for drafts, _ in (*single, *answers(knowledge, replies), *calculations(knowledge, guide),
                      *companions(knowledge, replies, guide)):  # fmt: skip
        yield from map(event_of, drafts)


@pytest.mark.messenger(23, 24, 25, 27, 31)
@pytest.mark.parametrize("day", [TODAY, NEW_YEAR])
def test_the_real_content_fits(shipped: Knowledge, texts: Catalogue, day: date) -> None:
    """Each answer, sheet, table, quiz, notice, calculator: within the limits, plain, whole."""
    seen = set()
    for event in talk(shipped, texts, day):
        rendered = check(event, texts)
        shown = "\n".join(texts_of(rendered))
        assert not MARKUP.search(shown), event
        assert_whole(event, shown)
        assert_addresses(event, shown, templates_of(rendered))
        seen.add(event.kind)
    assert {"answer", "details", "table", "sheet", "quiz", "quiz_answer", "news", "menu",
            "calculation", "calculation_ask", "handoff", "ask_which", "personal_case"} <= seen  # fmt: skip


def assert_whole(event: Event, shown: str) -> None:
    """Each word of the event is there, in order; of a table each cell."""
    table = event.data.get("table")
    rows = [cell for row in table["rows"] for cell in row] if table else []
    wanted = [table["title"], *rows, *event.data["words"]] if table else [event.text]
    assert [w for w in wanted if run_together(w) not in run_together(shown)] == []


def assert_addresses(event: Event, shown: str, templates: list[dict[str, Any]]) -> None:
    """Each link and each named source has its whole address."""
    written = set(re.findall(r"https://\S+", shown))
    written |= {button["url"] for template in templates for button in template["buttons"]}
    named = [s["url"] for s in event.data.get("sources", ()) if f"{s['title']}, " in shown]
    wanted = [*(each["url"] for each in event.data.get("links", ())), *filter(None, named)]
    assert set(wanted) <= written
    assert len(named) >= min(3, len(event.data.get("sources", ())))
