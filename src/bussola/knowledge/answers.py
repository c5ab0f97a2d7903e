"""The Answers port of the conversations over curated knowledge."""

from __future__ import annotations

from bussola.conversations.ports import Shown, Signboard, Texts, ThemeCard
from bussola.knowledge.figures import italian_date
from bussola.knowledge.languages import ITALIAN
from bussola.knowledge.service import Answer, KnowledgeService


class CuratedAnswers:
    """Entries, signposts and themes as the bot may say them."""

    def __init__(self, knowledge: KnowledgeService, texts: Texts) -> None:
        self._knowledge, self._texts = knowledge, texts

    def entry(self, entry_id: str, language: str = ITALIAN) -> Shown | None:
        answer = self._knowledge.answer(entry_id, language)
        if answer is None:
            return None
        text = answer.text
        if answer.stale:
            text = f"{self._texts.say(_in('stale', answer.language))}\n\n{text}"
        return Shown(
            entry_id=answer.entry_id,
            theme=answer.theme,
            question=answer.question,
            text=text,
            details=_details(answer),
            related=tuple(answer.related),
            escalate=answer.escalate,
            data=_data(answer),
            language=answer.language,
        )

    def signpost(self, signpost_id: str) -> Signboard | None:
        post = self._knowledge.signpost(signpost_id)
        if post is None:
            return None
        links = [{"label": link.label, "url": link.url} for link in post.links]
        return Signboard(post.id, post.kind, post.title, post.text, post.technical, links)

    def themes(self) -> list[ThemeCard]:
        return [
            ThemeCard(
                theme.id,
                theme.label,
                tuple((e.id, e.question) for e in self._knowledge.entries_of(theme.id)),
            )
            for theme in self._knowledge.themes()
            if not theme.hidden
        ]


def _in(key: str, language: str) -> str:
    """The key of a fixed text that exists in each language of translations."""
    return key if language == ITALIAN else f"{key}_{language}"


def _details(answer: Answer) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(answer.steps, 1))
    return "\n\n".join(part for part in (answer.details, steps) if part)


def _data(answer: Answer) -> dict[str, object]:
    until = answer.valid_until
    return {
        "entry_id": answer.entry_id,
        "theme": answer.theme,
        "question": answer.question,
        "links": [{"label": link.label, "url": link.url} for link in answer.links],
        "sources": [
            {"title": source.title, "date": italian_date(source.date), "url": source.url}
            for source in answer.sources
        ],
        "valid_at": italian_date(answer.valid_at),
        "valid_until": italian_date(until) if until else None,
        "stale": answer.stale,
        "language": answer.language,
        "index_version": answer.index_version,
    }
