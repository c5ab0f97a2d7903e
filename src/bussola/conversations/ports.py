"""What the core needs from the world. Each port has a real adapter, chosen in `bootstrap`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bussola.conversations.conversation import ITALIAN, Context, Conversation, NewCase
from bussola.conversations.events import Draft, Event
from bussola.conversations.message import Accepted, Message


class BotUnavailable(Exception):
    """Rasa, its action server or knowledge gave no usable answer; worth another try."""


class Later(Exception):
    """A channel cannot take words now; worth another try after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


class Undeliverable(Exception):
    """Words will never reach the citizen through their channel; `reason` names a text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reach:
    """Until when a channel lets us write to a citizen; None is for ever."""

    bot_until: datetime | None = None
    expert_until: datetime | None = None
    problem: str | None = None
    """Why nothing can be sent now; names a text of the catalogue."""


class PublicRemark(Protocol):
    """A comment that shows personal data to everybody; its words are not kept."""

    @property
    def comment_id(self) -> str: ...

    @property
    def post_id(self) -> str: ...

    @property
    def kinds(self) -> tuple[str, ...]: ...

    @property
    def at(self) -> datetime: ...


class Moderation(Protocol):
    """What moderators decide about comments in public."""

    async def to_moderate(self) -> Sequence[PublicRemark]: ...

    async def hide(self, comment_id: str) -> bool:
        """False when the platform did not."""
        ...

    async def leave(self, comment_id: str) -> None: ...


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
    emergency: bool = False
    """The open case goes before all others."""
    forget: bool = False
    """Everything said before is erased; the drafts of this turn are all that is left."""


FinishedAs = Literal["answered", "dropped", "lost_lease"]
Turn = FinishedAs | Literal["postponed"]


class Store(Protocol):
    """Conversations on disk. Every method is one transaction."""

    async def start(
        self, conversation_id: str, channel: str, drafts: tuple[Draft, ...]
    ) -> None: ...

    async def open(self, conversation_id: str, channel: str, drafts: tuple[Draft, ...]) -> bool:
        """Like `start`, for channels that name their conversations: False when it was there."""
        ...

    async def note(
        self, conversation_id: str, key: str, draft: Draft, muted_until: float | None = None
    ) -> bool:
        """Write down once, under `key`, what is not to be answered or delivered.

        `muted_until` (seconds since 1970, 0 ends it) keeps the bot silent. False when known.
        """
        ...

    async def amend(self, conversation_id: str, client_id: str, text: str | None) -> bool:
        """Other words for a message of the citizen; None erases them. False when unknown."""
        ...

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
    last_expert_at: datetime | None = None
    fence: int = 0
    """Rises whenever the case changes hands; words under an older number are refused."""
    lease_until: datetime | None = None
    """After that a colleague may step in for a silent owner."""
    emergency: bool = False
    held: bool = False
    labels: tuple[str, ...] = ()
    reopened: int = 0
    merged_into: int | None = None
    outcome: str | None = None
    useful: bool | None = None


class CaseStore(Protocol):
    """Cases on disk; each change and its words are one transaction."""

    async def case(self, case_id: int) -> Case | None: ...

    async def case_by_code(self, code: str) -> Case | None: ...

    async def queue(self, themes: tuple[str, ...] | None) -> list[Case]:
        """Cases not closed, oldest first; `themes` None means all."""
        ...

    async def take(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        """Atomically: False when somebody else has it or it is closed.

        A case whose owner has been silent beyond the lease may be taken over.
        """
        ...

    async def say(
        self, case_id: int, expert_id: int, client_id: str, draft: Draft, fence: int | None = None
    ) -> int | None:
        """Store an expert's words once per `client_id`; the event, or None when the case is not
        theirs, or changed hands since `fence`.

        Raises Refused("conflict") for another text under a known id.
        """
        ...

    async def note(
        self, case_id: int, staff_id: int | None, act: str, detail: dict[str, Any]
    ) -> None:
        """Write down an act that changes nothing else."""
        ...

    async def transfer(
        self,
        case_id: int,
        by: int,
        to: int | None,
        theme: str | None,
        detail: dict[str, Any],
        drafts: tuple[Draft, ...],
    ) -> bool:
        """To a colleague (`to`), or back to the queue of a theme; False when not theirs."""
        ...

    async def reopen(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        """A closed case is the expert's again; False when it was not closed, or is merged."""
        ...

    async def merge(
        self, case_id: int, into: int, expert_id: int, drafts: tuple[Draft, ...]
    ) -> bool:
        """Close a case of the expert because another of theirs asks the same."""
        ...

    async def label(self, case_id: int, expert_id: int, labels: tuple[str, ...]) -> None: ...

    async def keep_lease(self, case_id: int, expert_id: int) -> None:
        """The owner is there."""
        ...

    async def hold(self, case_id: int, by: int | None, held: bool) -> None: ...

    async def release(self, case_id: int, expert_id: int, drafts: tuple[Draft, ...]) -> bool:
        """Back to the queue; False when the case is not theirs."""
        ...

    async def close(
        self, case_id: int, expert_id: int, drafts: tuple[Draft, ...], outcome: str | None = None
    ) -> bool:
        """Close and give the word back to the bot; False when the case is not theirs."""
        ...


@dataclass(frozen=True)
class Review:
    """A reply that waits for a second pair of eyes, or what became of it."""

    id: int
    case_id: int
    author_id: int
    author: str
    text: str
    kinds: tuple[str, ...]
    state: Literal["waiting", "approved", "returned"]
    word: str
    """What the reviewer says to the author."""
    at: datetime


class DeskBook(Protocol):
    """What stands around a case: drafts, second pairs of eyes, marks of replies."""

    async def save_draft(self, case_id: int, staff_id: int, text: str) -> datetime: ...

    async def load(self) -> dict[int, int]:
        """How many open cases each expert has, by id."""
        ...

    async def ask_review(
        self, case_id: int, author_id: int, text: str, kinds: tuple[str, ...]
    ) -> int: ...

    async def decide_review(
        self, review_id: int, reviewer_id: int, approved: bool, word: str
    ) -> bool:
        """Once, and never by its own author; False otherwise."""
        ...

    async def reviews(self, case_id: int | None = None) -> list[Review]: ...

    async def mark(self, code: str, conversation_id: str, event_id: int, text: str) -> None:
        """Keep the mark of a reply; again is harmless."""
        ...
