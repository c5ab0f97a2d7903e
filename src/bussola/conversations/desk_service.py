"""What experts do with a case; each act and the words about it are one transaction."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bussola.conversations.desk_rules import mark_of
from bussola.conversations.events import Draft
from bussola.conversations.guards import at_the_desk
from bussola.conversations.ports import Bell, Case, CaseStore, DeskBook, Texts
from bussola.conversations.voice import Finding, VoiceWords, findings, stops

MOST_INSULTS = 3
"""After so many the thread is put on hold, with a firm and kind word."""


@dataclass(frozen=True)
class Expert:
    """The person at the desk; `themes` None means every theme."""

    id: int
    name: str
    themes: tuple[str, ...] | None


@dataclass(frozen=True)
class Checked:
    """A reply read before it leaves: what to look at again, and whether it may leave alone."""

    text: str
    found: Sequence[Finding]

    @property
    def stopped(self) -> bool:
        return stops(self.found)


Said = Literal["sent", "not_yours", "stopped"]


class DeskService:
    """Take, answer, pass on, close. Both sides always see who is speaking."""

    def __init__(
        self, cases: CaseStore, book: DeskBook, texts: Texts, bell: Bell, voice: VoiceWords,
        secret: str,
    ) -> None:  # fmt: skip
        self._cases, self._book, self._texts, self._bell = cases, book, texts, bell
        self._voice, self._secret = voice, secret.encode()

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

    # Words

    def check(self, case: Case, text: str) -> Checked:
        """Read a reply before it leaves. Raises Refused when it is empty or too long."""
        written = at_the_desk(text)
        first = case.first_reply_at is None
        return Checked(written, findings(written, self._voice, first_reply=first))

    async def say(
        self, case: Case, expert: Expert, client_id: str, text: str, fence: int | None = None
    ) -> Said:
        """Send the expert's words with the mark of the service. Raises Refused.

        Insults and personal data do not leave without a second pair of eyes. A reply written
        under an older `fence` is not sent: the case changed hands meanwhile.
        """
        checked = self.check(case, text)
        if checked.stopped:
            return "stopped"
        return await self._send(case, expert.id, expert.name, client_id, checked.text, fence)

    async def _send(
        self, case: Case, author_id: int, name: str, client_id: str, text: str, fence: int | None
    ) -> Said:
        code = self._mark(case, client_id)
        draft = Draft("expert", "expert", text, {"name": name, "official": code})
        event_id = await self._cases.say(case.id, author_id, client_id, draft, fence)
        if event_id is None:
            return "not_yours"
        await self._book.mark(code, case.conversation_id, event_id, text)
        await self._book.save_draft(case.id, author_id, "")
        self._rung(case, True)
        return "sent"

    def _mark(self, case: Case, client_id: str) -> str:
        """The mark of a reply: the same for the same reply, and not to be guessed."""
        told = f"official:{case.id}:{client_id}".encode()
        return mark_of(hmac.new(self._secret, told, hashlib.sha256).digest())

    # A second pair of eyes

    async def ask_review(self, case: Case, expert: Expert, text: str) -> bool:
        """Put a stopped reply before a colleague; False when the case is not theirs."""
        if case.owner_id != expert.id or case.state != "taken":
            return False
        checked = self.check(case, text)
        kinds = tuple(dict.fromkeys(f.kind for f in checked.found if f.severity == "stop"))
        await self._book.ask_review(case.id, expert.id, checked.text, kinds)
        await self._cases.note(case.id, expert.id, "ask_review", {"kinds": list(kinds)})
        return self._rung(case, True)

    async def decide_review(
        self, case: Case, review_id: int, reviewer: Expert, approved: bool, word: str
    ) -> bool:
        """A colleague lets the reply go in its author's name, or gives it back with a word.

        False when it was decided already, when it is the reviewer's own, or when its author
        lost the case meanwhile.
        """
        review = next((r for r in await self._book.reviews(case.id) if r.id == review_id), None)
        if review is None or review.state != "waiting":
            return False
        if not await self._book.decide_review(review_id, reviewer.id, approved, word):
            return False
        act = "approve_review" if approved else "return_review"
        await self._cases.note(case.id, reviewer.id, act, {"word": word})
        if not approved:
            return self._rung(case, True)
        client_id = f"review-{review_id}"
        sent = await self._send(case, review.author_id, review.author, client_id, review.text, None)
        return sent == "sent"

    # Passing on

    async def release(self, case: Case, expert: Expert) -> bool:
        """Back to the queue, for a colleague; no reason is asked."""
        word = self._system("released", "case_released")
        return self._rung(case, await self._cases.release(case.id, expert.id, (word,)))

    async def transfer(
        self, case: Case, expert: Expert, to: Expert | None, theme: str | None, reason: str
    ) -> bool:
        """To a colleague by name, or to the experts of another theme; the reason is for staff."""
        if to is not None:
            word = self._system("taken", "case_transferred", name=to.name)
        else:
            word = self._system("released", "case_released")
        detail = {"to": to.name if to else None, "theme": theme, "reason": reason}
        to_id = to.id if to else None
        done = await self._cases.transfer(case.id, expert.id, to_id, theme, detail, (word,))
        return self._rung(case, done)

    async def pause(self, expert: Expert, colleagues: Sequence[Expert]) -> int:
        """All open cases of an expert who needs a break go to others; nobody asks why.

        The colleague with the fewest gets each; with nobody there they go back to the queue.
        How many moved.
        """
        load = await self._book.load()
        moved = 0
        for case in [c for c in await self._cases.queue(None) if c.owner_id == expert.id]:
            able = [c for c in colleagues if c.id != expert.id and _may_see(case, c)]
            to = min(able, key=lambda colleague: load.get(colleague.id, 0), default=None)
            if to is not None:
                load[to.id] = load.get(to.id, 0) + 1
            moved += await self.transfer(case, expert, to, None, "")
        return moved

    async def merge(self, case: Case, into: Case, expert: Expert) -> bool:
        """Two questions of the same person become one; no code of the other is told."""
        word = self._system("closed", "case_merged")
        return self._rung(case, await self._cases.merge(case.id, into.id, expert.id, (word,)))

    async def reopen(self, case: Case, expert: Expert) -> bool:
        """A closed case goes on, with the same expert at the other end."""
        word = self._system("taken", "case_reopened", name=expert.name)
        return self._rung(case, await self._cases.reopen(case.id, expert.id, (word,)))

    async def close(self, case: Case, expert: Expert, outcome: str | None = None) -> bool:
        """Close; the bot takes over again and says that it is a machine.

        `outcome` says whether the answer can be used again: reusable, variant or one_off.
        """
        word = self._system("closed", "case_closed")
        done = await self._cases.close(case.id, expert.id, (word,), outcome)
        return self._rung(case, done)

    # Conduct

    async def hold(self, case: Case, expert: Expert, held: bool) -> bool:
        """Suspend a thread of insults with a firm and kind word, or take it up again."""
        if held == case.held:
            return False
        await self._cases.hold(case.id, expert.id, held)
        if held and case.owner_id is not None:
            word = self._texts.say("case_held")
            draft = Draft("system", "held", word)
            await self._cases.say(case.id, case.owner_id, f"held-{case.fence}", draft)
        return self._rung(case, True)

    async def note(self, case: Case, expert: Expert, text: str) -> bool:
        """A word for colleagues; the citizen never sees it. Raises Refused."""
        written = at_the_desk(text)
        await self._cases.note(case.id, expert.id, "note", {"text": written})
        return self._rung(case, True)

    def _system(self, kind: str, text_key: str, **values: object) -> Draft:
        return Draft("system", kind, self._texts.say(text_key, **values), dict(values))

    def _rung(self, case: Case, done: bool) -> bool:
        for topic in ("desk", "outbox", case.conversation_id):
            self._bell.ring(topic)
        return done


def _may_see(case: Case, expert: Expert) -> bool:
    return expert.themes is None or case.theme is None or case.theme in expert.themes
