"""What experts do with a case; each act and the words about it are one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from bussola.conversations.events import Draft
from bussola.conversations.guards import at_the_desk
from bussola.conversations.ports import Bell, Case, CaseStore, Texts


@dataclass(frozen=True)
class Expert:
    """The person at the desk; `themes` None means every theme."""

    id: int
    name: str
    themes: tuple[str, ...] | None


class DeskService:
    """Take, answer, give back, close. Both sides always see who is speaking."""

    def __init__(self, cases: CaseStore, texts: Texts, bell: Bell) -> None:
        self._cases, self._texts, self._bell = cases, texts, bell

    async def queue(self, expert: Expert) -> list[Case]:
        """Cases this expert may see, oldest first."""
        return await self._cases.queue(expert.themes)

    async def case(self, case_id: int, expert: Expert) -> Case | None:
        """The case, or None when there is none or it is of another theme."""
        case = await self._cases.case(case_id)
        if case is None or not _may_see(case, expert):
            return None
        return case

    async def take(self, case: Case, expert: Expert) -> bool:
        """Atomically: of two experts exactly one gets True. The bot is silent from here on."""
        word = self._system("taken", "case_taken", name=expert.name)
        return self._rung(case, await self._cases.take(case.id, expert.id, (word,)))

    async def say(self, case: Case, expert: Expert, client_id: str, text: str) -> bool:
        """Send the expert's words; False when the case is not theirs. Raises Refused."""
        draft = Draft("expert", "expert", at_the_desk(text), {"name": expert.name})
        return self._rung(case, await self._cases.say(case.id, expert.id, client_id, draft))

    async def release(self, case: Case, expert: Expert) -> bool:
        """Back to the queue, for a colleague; no reason is asked."""
        word = self._system("released", "case_released")
        return self._rung(case, await self._cases.release(case.id, expert.id, (word,)))

    async def close(self, case: Case, expert: Expert) -> bool:
        """Close; the bot takes over again and says that it is a machine."""
        word = self._system("closed", "case_closed")
        return self._rung(case, await self._cases.close(case.id, expert.id, (word,)))

    def _system(self, kind: str, text_key: str, **values: object) -> Draft:
        return Draft("system", kind, self._texts.say(text_key, **values), dict(values))

    def _rung(self, case: Case, done: bool) -> bool:
        for topic in ("desk", "outbox", case.conversation_id):
            self._bell.ring(topic)
        return done


def _may_see(case: Case, expert: Expert) -> bool:
    return expert.themes is None or case.theme is None or case.theme in expert.themes
