"""The Answers port of the conversations over curated knowledge."""

from __future__ import annotations

from bussola.conversations.ports import Shown, Signboard, Texts, ThemeCard
from bussola.knowledge.evidence import evidence, links_as_data
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
            text = f"{stale_text(self._texts, answer.language)}\n\n{text}"
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
        links = links_as_data(post.links)
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


def stale_text(texts: Texts, language: str) -> str:
    """The warning before an answer that is not current, in the language of the answer."""
    return texts.say("stale") if language == ITALIAN else texts.say(f"stale_{language}")


def _details(answer: Answer) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(answer.steps, 1))
    return "\n\n".join(part for part in (answer.details, steps) if part)


def _data(answer: Answer) -> dict[str, object]:
    until = answer.valid_until
    return {
        "entry_id": answer.entry_id,
        "theme": answer.theme,
        "question": answer.question,
        "links": links_as_data(answer.links),
        **evidence(answer.sources, answer.valid_at),
        "valid_until": italian_date(until) if until else None,
        "stale": answer.stale,
        "language": answer.language,
        "index_version": answer.index_version,
    }
