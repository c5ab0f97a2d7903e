"""What the core needs from the world. Each port has a real adapter, chosen in `bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bussola.conversations.conversation import ITALIAN, Context, Conversation, NewCase
from bussola.conversations.events import Draft, Event
from bussola.conversations.message import Accepted, Message


class BotUnavailable(Exception):
    """Rasa, its action server or knowledge gave no usable answer; worth another try."""


class Bot(Protocol):
    """The other party of a turn: replies are the custom payloads of the Rasa contract."""

    async def reply(self, message: Message, context: Context) -> list[dict[str, Any]]:
        """At least one payload. Raises BotUnavailable."""
        ...


@dataclass(frozen=True)
class Shown:
    """An entry ready to be read by a citizen; `data` is what the channel may display."""

    entry_id: str
    theme: str
    question: str
    text: str
    details: str
    related: tuple[tuple[str, str], ...]
    escalate: bool
    data: dict[str, Any]
    language: str = ITALIAN
    """The language of `text`: Italian when no approved translation exists."""


@dataclass(frozen=True)
class Signboard:
    """A signpost ready to be read: where to go for what is not answered here."""

    id: str
    kind: str
    title: str
    text: str
    technical: bool
    links: list[dict[str, str]]


@dataclass(frozen=True)
class ThemeCard:
    """A theme as the menu shows it; `questions` are (entry id, question) pairs to start from."""

    id: str
    label: str
    questions: tuple[tuple[str, str], ...]


class Answers(Protocol):
    """Curated text, rendered for today."""

    def entry(self, entry_id: str, language: str = ITALIAN) -> Shown | None: ...

    def signpost(self, signpost_id: str) -> Signboard | None: ...

    def themes(self) -> list[ThemeCard]: ...


class Texts(Protocol):
    """The one catalogue of fixed texts."""

    def say(self, key: str, **values: object) -> str:
        """The text of `key` with its values. Raises KeyError when there is none."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Limiter(Protocol):
    def allow(self, conversation_id: str, address: str) -> bool:
        """False when a conversation, or an address, wrote too much in a short time."""
        ...


class Bell(Protocol):
    """A hint that something changed; the truth is always in the store."""

    def ring(self, topic: str) -> None: ...


@dataclass(frozen=True)
class Lease:
    """The right to answer one message; worthless once the fence has moved on."""

    conversation: Conversation
    message: Message
    fence: int


@dataclass(frozen=True)
class Outcome:
    """All that a turn changes, committed at once."""

    drafts: tuple[Draft, ...]
    context: Context
    new_case: NewCase | None = None
    case_follows: bool | None = None
    dead_letter: bool = False


FinishedAs = Literal["answered", "dropped", "lost_lease"]
Turn = FinishedAs | Literal["postponed"]


class Store(Protocol):
    """Conversations on disk. Every method is one transaction."""

    async def start(
        self, conversation_id: str, channel: str, drafts: tuple[Draft, ...]
    ) -> None: ...

    async def conversation(self, conversation_id: str) -> Conversation | None: ...

    async def accept(
        self, conversation_id: str, client_id: str, text: str, button: str | None,
        masked: tuple[str, ...],
    ) -> Accepted:  # fmt: skip
        """Store the message durably. Raises Refused("unknown_conversation" or "conflict")."""
        ...

    async def claim(self) -> Lease | None:
        """The oldest message whose conversation nobody is answering, under a new lease."""
        ...

    async def finish(self, lease: Lease, outcome: Outcome) -> FinishedAs:
        """Commit a turn: "dropped" when an expert took over meanwhile, so nothing was said."""
        ...

    async def postpone(self, lease: Lease, seconds: float) -> None:
        """Give the message back, to be claimed again after `seconds`."""
        ...

    async def event(self, conversation_id: str, event_id: int) -> Event | None: ...

    async def events(
        self, conversation_id: str, after: int = 0, for_desk: bool = False
    ) -> list[Event]:
        """Events with a higher id, in order; hidden ones only for the desk."""
        ...


@dataclass(frozen=True)
class Case:
    """A case as the desk sees it."""

    id: int
    code: str
    conversation_id: str
    channel: str
    theme: str | None
    reason: str
    question: str
    nearest: tuple[str, ...]
    state: Literal["waiting", "taken", "closed"]
    owner_id: int | None
    owner_name: str | None
    opened_at: datetime
    expected_by: date
    taken_at: datetime | None = None
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None
    last_citizen_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


class CaseStore(Protocol):
    """Cases on disk; each change and its words are one transaction."""

    async def case(self, case_id: int) -> Case | None: ...

    async def case_by_code(self, code: str) -> Case | None: ...

    async def queue(self, themes: tuple[str, ...] | None) -> list[Case]:
        """Cases not closed, oldest first; `themes` None means all."""
        ...

    async def take(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        """Atomically: False when somebody else has it or it is closed."""
        ...

    async def say(self, case_id: int, expert_id: int, client_id: str, draft: Draft) -> bool:
        """Store an expert's words once per `client_id`; False when the case is not theirs.

        Raises Refused("conflict") for another text under a known id.
        """
        ...

    async def release(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        """Back to the queue; False when the case is not theirs."""
        ...

    async def close(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        """Close and give the word back to the bot; False when the case is not theirs."""
        ...
