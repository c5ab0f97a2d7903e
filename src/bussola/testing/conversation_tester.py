"""For tests of conversations: fakes of the ports, and a tester whose tests read like a chat log.

Everything but the bot and the answers is the real thing: service, desk, stores, a SQLite file.

    async with ConversationTester.open(folder, root=root) as t:
        await t.citizen_says("quanto costa?")
        assert t.bot_said("answer")
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from bussola.conversations.conversation import ITALIAN, Context, Conversation
from bussola.conversations.desk_rules import expected_by
from bussola.conversations.desk_service import DeskService, Expert
from bussola.conversations.events import Event
from bussola.conversations.guide_replies import GuideReplies
from bussola.conversations.message import Accepted, Incoming, Message
from bussola.conversations.office_calendar import OfficeCalendar, on_weekdays
from bussola.conversations.ports import (
    Answers,
    Bot,
    BotUnavailable,
    Case,
    Limiter,
    Shown,
    Signboard,
    ThemeCard,
    Turn,
)
from bussola.conversations.replies import Replies
from bussola.conversations.service import ConversationService, Patience
from bussola.guard_words import load_words
from bussola.knowledge.figures import italian_date
from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.loading import Knowledge
from bussola.storage.case_store import CaseStore
from bussola.storage.conversation_store import ConversationStore
from bussola.storage.database import Database
from bussola.storage.desk_store import DeskStore
from bussola.storage.migrating import migrate
from bussola.storage.models import ConversationRow, InboxRow, StaffRow
from bussola.storage.outbox_store import OutboxStore
from bussola.texts import Catalogue
from bussola.voice_words import load_voice_words

Payload = dict[str, Any]
Script = Callable[[Message, Context], list[Payload] | Awaitable[list[Payload]]]
DATABASE = "bussola.db"
BOT_SECONDS = 20.0
ADDRESS = "127.0.0.1"
_UNUSABLE = "-"
"""No hash looks like this, so nobody signs in with it."""


class FixedClock:
    """A time that moves only when told to; it starts on a working Monday at ten in Rome."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def move(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)


class SilentBell:
    """Remembers which topics rang."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def ring(self, topic: str) -> None:
        self.rung.append(topic)


class NoLimits:
    """Nobody writes too fast."""

    def allow(self, conversation_id: str, address: str) -> bool:  # noqa: ARG002  the port's names
        return True


class FakeBot:
    """The Bot port from a script: by the citizen's exact words, or by a callable."""

    def __init__(self, script: Script | None = None) -> None:
        self._by_text: dict[str, list[Payload]] = {}
        self._script = script
        self._failures = 0
        self.asked: list[str] = []
        """The texts the bot was asked, each attempt counted."""
        self.contexts: list[Context] = []

    def on(self, text: str, *payloads: Payload) -> None:
        """Answer `text` with `payloads`."""
        self._by_text[text] = list(payloads)

    def run(self, script: Script) -> None:
        """Answer what no `on` knows with what `script` returns, awaits or raises."""
        self._script = script

    def fail(self, times: int) -> None:
        """Be unavailable for the next `times` calls."""
        self._failures = times

    async def reply(self, message: Message, context: Context) -> list[Payload]:
        self.asked.append(message.text)
        self.contexts.append(context)
        if self._failures > 0:
            self._failures -= 1
            raise BotUnavailable("told to fail")
        if message.text in self._by_text:
            return self._by_text[message.text]
        if self._script is None:
            return [{"type": "dont_know"}]
        said = self._script(message, context)
        return said if isinstance(said, list) else await said


class SmallAnswers:
    """The Answers port over a handful of entries; add to `shown`, `boards` and `cards` freely."""

    def __init__(self) -> None:
        self.cards = [
            ThemeCard("riscatto_laurea", "Riscatto della laurea", (("costo", "Quanto costa?"),)),
            ThemeCard("lavoro_domestico", "Lavoro domestico", (("ferie", "Quante ferie?"),)),
        ]
        self.shown = {
            "costo": _shown("costo", "riscatto_laurea", "Quanto costa?", details="In dettaglio."),
            "rate": _shown("rate", "riscatto_laurea", "Si paga a rate?"),
            "tempi": _shown("tempi", "riscatto_laurea", "Quanto tempo ci vuole?"),
            "ferie": _shown("ferie", "lavoro_domestico", "Quante ferie?"),
            "permessi": _shown("permessi", "lavoro_domestico", "Quanti permessi?"),
            "difficile": _shown("difficile", "riscatto_laurea", "Un caso raro?", escalate=True),
        }
        self.boards = {
            "stato": Signboard(
                "stato", "personal_case", "La mia domanda", "Entra in MyINPS.", True, []
            ),
            "raro": Signboard(
                "raro", "expert", "Casi rari", "Serve un esperto. Posso chiederglielo.", True, []
            ),
            "meteo": Signboard("meteo", "out_of_scope", "Altro", "Non parlo del tempo.", False, []),
        }

    def entry(self, entry_id: str, language: str = ITALIAN) -> Shown | None:  # noqa: ARG002  the port's
        """The entry, in Italian whatever `language` is."""
        return self.shown.get(entry_id)

    def signpost(self, signpost_id: str) -> Signboard | None:
        return self.boards.get(signpost_id)

    def themes(self) -> list[ThemeCard]:
        return self.cards


def _shown(
    entry_id: str, theme: str, question: str, details: str = "", escalate: bool = False
) -> Shown:
    text = f"Risposta curata su «{question}»"
    return Shown(entry_id, theme, question, text, details, (), escalate, {"entry_id": entry_id})


class ConversationTester:
    """One citizen, one bot and some experts around the real service and a real database file."""

    def __init__(
        self,
        database: Database,
        root: Path,
        *,
        bot: Bot,
        answers: Answers,
        knowledge: Knowledge,
        limiter: Limiter,
        conversation_id: str,
    ) -> None:
        self.database, self.answers = database, answers
        self.clock, self.bell = FixedClock(), SilentBell()
        self.texts = Catalogue(root / "data" / "texts" / "it.yml")
        guide = CuratedGuide(lambda: knowledge, lambda: self.clock.now().date(), self.texts)
        self.store = ConversationStore(database, self.clock, _two_working_days)
        self.cases = CaseStore(database, self.clock)
        self.outbox = OutboxStore(database)
        self.book = DeskStore(database, self.clock)
        words = load_words(root / "data" / "guards.yml")
        voice = load_voice_words(root / "data" / "voice.yml", words.insults)
        self.desk = DeskService(self.cases, self.book, self.texts, self.bell, voice, "s" * 24)
        self.service = ConversationService(
            store=self.store,
            bot=bot,
            replies=Replies(answers, self.texts, GuideReplies(guide, self.texts)),
            limiter=limiter,
            bell=self.bell,
            clock=self.clock,
            words=words,
            patience=Patience(BOT_SECONDS),
            expected_by=_two_working_days,
            written_date=italian_date,
        )
        self.id = conversation_id
        self.said: list[Event] = []
        """What the citizen got after the last act of anybody."""
        self.turns: list[Turn] = []
        """How the turns after the last act ended."""
        self._numbers = itertools.count(1)
        self._last = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        folder: Path,
        root: Path,
        *,
        bot: Bot | None = None,
        answers: Answers | None = None,
        knowledge: Knowledge | None = None,
        limiter: Limiter | None = None,
        conversation_id: str = "conversation-1",
    ) -> AsyncIterator[ConversationTester]:
        """A tester over `folder`/bussola.db, made when absent; `root` holds `data/`."""
        file = folder / DATABASE
        if not file.exists():
            migrate(f"sqlite:///{file}")
        database = Database(f"sqlite:///{file}")
        tester = cls(
            database, root, bot=bot or FakeBot(), answers=answers or SmallAnswers(),
            knowledge=knowledge or Knowledge(), limiter=limiter or NoLimits(), conversation_id=conversation_id,
        )  # fmt: skip
        try:
            await tester.service.start(conversation_id, "webchat")
            await tester.look()
            yield tester
        finally:
            await database.close()

    async def look(self) -> None:
        """Read what is new for the citizen into `said`."""
        self.said = await self.store.events(self.id, self._last)
        self._last = max((event.id for event in self.said), default=self._last)

    # The citizen

    async def citizen_sends(self, text: str, client_id: str | None = None) -> Accepted:
        """Store a message and leave it in the inbox."""
        client_id = client_id or f"client-{next(self._numbers):04}"
        return await self.service.receive(Incoming(self.id, client_id, text), ADDRESS)

    async def citizen_says(self, text: str, client_id: str | None = None) -> Accepted:
        """Send `text` and wait for the turn."""
        accepted = await self.citizen_sends(text, client_id)
        await self.settle()
        return accepted

    async def citizen_presses(self, label: str) -> Accepted:
        """Press the newest button with that label. Raises LookupError when there is none."""
        for event in reversed(await self.transcript()):
            for button in event.buttons:
                if button.label == label:
                    return await self.press(f"{event.id}:{button.id}")
        raise LookupError(label)

    async def press(self, button: str) -> Accepted:
        """Press a button by its reference, as a program would."""
        client_id = f"client-{next(self._numbers):04}"
        accepted = await self.service.receive(Incoming(self.id, client_id, "", button), ADDRESS)
        await self.settle()
        return accepted

    # The turns

    async def settle(self) -> None:
        """Answer what waits until nothing does or it has to wait; then `look`."""
        self.turns = []
        try:
            while (turn := await self.service.answer_next()) is not None:
                self.turns.append(turn)
        finally:
            await self.look()

    async def retry(self) -> None:
        """`settle` without waiting for the pause before another attempt."""
        async with self.database.write() as session:
            await session.execute(update(ConversationRow).values(next_try_at=0.0))
        await self.settle()

    # The desk

    async def expert(self, name: str = "Anna", themes: tuple[str, ...] | None = None) -> Expert:
        """An expert of that name, on the staff from now on."""
        async with self.database.write() as session:
            row = await session.scalar(select(StaffRow).where(StaffRow.login == name))
            if row is None:
                row = StaffRow(
                    login=name, name=name, role="expert", themes=list(themes) if themes else None,
                    password_hash=_UNUSABLE, disabled=False, created_at=self.clock.now(),
                )  # fmt: skip
                session.add(row)
                await session.flush()
            return Expert(row.id, row.name, themes)

    async def open_case(self) -> Case:
        """The one case that is not closed. Raises ValueError when there is not exactly one."""
        (case,) = await self.cases.queue(None)
        return case

    async def expert_takes(self, name: str = "Anna") -> bool:
        done = await self.desk.take(await self.open_case(), await self.expert(name))
        await self.look()
        return done

    async def expert_says(self, text: str, name: str = "Anna", client_id: str = "desk-1") -> bool:
        case, expert = await self.open_case(), await self.expert(name)
        done = await self.desk.say(case, expert, client_id, text)
        await self.look()
        return done == "sent"

    async def expert_releases(self, name: str = "Anna") -> bool:
        done = await self.desk.release(await self.open_case(), await self.expert(name))
        await self.look()
        return done

    async def expert_closes(self, name: str = "Anna") -> bool:
        done = await self.desk.close(await self.open_case(), await self.expert(name))
        await self.look()
        return done

    # What one may ask of it

    def bot_said(self, kind: str, containing: str = "") -> bool:
        """True when the last act brought the citizen an event of `kind` with those words."""
        return any(event.kind == kind and containing in event.text for event in self.said)

    @property
    def silent(self) -> bool:
        """True when nothing but the citizen's own words is new."""
        return all(event.author == "citizen" for event in self.said)

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons the last act brought."""
        return [button.label for event in self.said for button in event.buttons]

    def text(self, key: str, **values: object) -> str:
        """A fixed text of the catalogue."""
        return self.texts.say(key, **values)

    async def transcript(self, for_desk: bool = False) -> list[Event]:
        return await self.store.events(self.id, for_desk=for_desk)

    async def conversation(self) -> Conversation:
        found = await self.store.conversation(self.id)
        assert found is not None
        return found

    async def inbox(self) -> dict[str, int]:
        """How many messages are pending, done and dead."""
        query = select(InboxRow.status, func.count()).group_by(InboxRow.status)
        async with self.database.read() as session:
            return {str(status): int(count) for status, count in await session.execute(query)}

    def bytes_on_disk(self) -> bytes:
        """The database file and its write-ahead log, to look for what must not be there."""
        file = Path(self.database.url.removeprefix("sqlite:///"))
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


_ROME = ZoneInfo("Europe/Rome")
_CALENDAR = OfficeCalendar(on_weekdays(time(9), time(17)), _ROME, lambda _: None)


def _two_working_days(at: datetime) -> date:
    return expected_by(at, 2, _CALENDAR)
