"""The schema. Times are UTC; ids of events rise by one within their conversation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = JSON().with_variant(JSONB(), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """Aware datetimes in UTC on both databases (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""


class ConversationRow(Base):
    """One citizen on one channel; holds the lease of whoever is answering."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_lease", "lease_until", "next_try_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    speaker: Mapped[str] = mapped_column(String(8), default="bot")
    context: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    case_follows: Mapped[bool] = mapped_column(Boolean, default=False)
    last_event: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    next_try_at: Mapped[float] = mapped_column(Float, default=0.0)
    muted_until: Mapped[float] = mapped_column(Float, default=0.0)
    """Seconds since 1970 until which the bot is silent: a person answers elsewhere."""
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    updated_at: Mapped[datetime] = mapped_column(UtcTime())


class EventRow(Base):
    """What was said, read again by both sides; only its author's platform may change a text."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id", name="uq_events_client_id"),
        UniqueConstraint("conversation_id", "in_reply_to", "part", name="uq_events_answer_once"),
    )

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    author: Mapped[str] = mapped_column(String(8))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime] = mapped_column(UtcTime())
    client_id: Mapped[str | None] = mapped_column(String(64))
    in_reply_to: Mapped[int | None] = mapped_column(Integer)
    part: Mapped[int | None] = mapped_column(Integer)


class InboxRow(Base):
    """A message that waits for its answer. `status`: pending, done or dead."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "event_id", name="uq_inbox_event"),
        Index("ix_inbox_pending", "status", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(8), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    button: Mapped[str | None] = mapped_column(String(80))
    masked: Mapped[list[str]] = mapped_column(Json, default=list)
    after_pause: Mapped[bool] = mapped_column(Boolean, default=False)
    received_at: Mapped[datetime] = mapped_column(UtcTime())


class OutboxRow(Base):
    """An event that a channel still has to deliver. `status`: pending, sent or failed."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_pending", "status", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(8), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[float] = mapped_column(Float, default=0.0)
    reason: Mapped[str | None] = mapped_column(String(40))
    """Why it failed for good; names a text of the catalogue."""


class CaseRow(Base):
    """A question with a person. `state`: waiting, taken or closed."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_state", "state", "opened_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    theme: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(Text)
    nearest: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcTime())
    expected_by: Mapped[date] = mapped_column(Date)
    taken_at: Mapped[datetime | None] = mapped_column(UtcTime())
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime())
    fence: Mapped[int] = mapped_column(Integer, default=0)
    """Rises whenever the case changes hands: words under an older number are refused."""
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    """Seconds since 1970; after that a colleague may take a case whose owner is silent."""
    emergency: Mapped[bool] = mapped_column(Boolean, default=False)
    held: Mapped[bool] = mapped_column(Boolean, default=False)
    """The citizen insulted again and again: nobody has to answer until they calm down."""
    labels: Mapped[list[str]] = mapped_column(Json, default=list)
    reopened: Mapped[int] = mapped_column(Integer, default=0)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    outcome: Mapped[str | None] = mapped_column(String(40))
    """What the desk learnt when it closed the case: reusable, variant or one_off."""
    useful: Mapped[bool | None] = mapped_column(Boolean)
    """The citizen's own word on the answer."""


class CaseHistoryRow(Base):
    """What was done with a case and by whom; never changed. Notes are acts too."""

    __tablename__ = "case_history"
    __table_args__ = (Index("ix_case_history_case", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    act: Mapped[str] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcTime())


class CaseDraftRow(Base):
    """What an expert is writing, saved as it is typed."""

    __tablename__ = "case_drafts"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime())


class CasePresenceRow(Base):
    """Who has a case open, and who is typing; seconds since 1970."""

    __tablename__ = "case_presence"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    seen_at: Mapped[float] = mapped_column(Float)
    typing_at: Mapped[float] = mapped_column(Float, default=0.0)


class CaseReviewRow(Base):
    """A reply that needs a second pair of eyes. `state`: waiting, approved or returned."""

    __tablename__ = "case_reviews"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    word: Mapped[str] = mapped_column(Text, default="")
    """What the reviewer says to the author."""
    at: Mapped[datetime] = mapped_column(UtcTime())


class OfficialReplyRow(Base):
    """The mark of a reply given in the name of the service; `digest` is of its words."""

    __tablename__ = "official_replies"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime())


class StaffRow(Base):
    """A person of the body. `themes` null means every theme."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    themes: Mapped[list[str] | None] = mapped_column(Json)
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcTime())


class SignInRow(Base):
    """A signed-in browser; only a hash of its cookie is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    seen_at: Mapped[datetime] = mapped_column(UtcTime())


class MessengerThreadRow(Base):
    """A person on a page of Messenger, whose id is of that page only."""

    __tablename__ = "messenger_threads"
    __table_args__ = (UniqueConstraint("page_id", "person_id", name="uq_messenger_person"),)

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    page_id: Mapped[str] = mapped_column(String(128))
    person_id: Mapped[str] = mapped_column(String(128))
    last_act_at: Mapped[datetime | None] = mapped_column(UtcTime())
    """The last thing the person did: it opens the window in which we may answer."""
    unavailable: Mapped[bool] = mapped_column(Boolean, default=False)
    offered_event: Mapped[int | None] = mapped_column(Integer)
    """The event whose choices were sent last: they may be typed too."""


class MessengerSendRow(Base):
    """One call to the platform. `state`: trying, sent or unsure."""

    __tablename__ = "messenger_sends"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    part: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    tried_at: Mapped[float] = mapped_column(Float)
    attempts: Mapped[int] = mapped_column(Integer, default=1)
    message_id: Mapped[str | None] = mapped_column(String(200))


class MessengerCommentRow(Base):
    """A comment under a post of the page; its words are not kept. `state` says what was done."""

    __tablename__ = "messenger_comments"

    comment_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(128))
    post_id: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(12))
    kinds: Mapped[list[str]] = mapped_column(Json, default=list)
    """Of the personal data it showed."""
    at: Mapped[datetime] = mapped_column(UtcTime())
    pointer_sent: Mapped[bool] = mapped_column(Boolean, default=False)
    private_sent: Mapped[bool] = mapped_column(Boolean, default=False)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[float] = mapped_column(Float, default=0.0)
    entry_id: Mapped[str | None] = mapped_column(String(120))


class ErasureRow(Base):
    """A request for erasure that came through a platform; `code` opens its status page."""

    __tablename__ = "erasures"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(UtcTime())


class ChannelRow(Base):
    """What a channel must remember between starts. `stopped`: why nothing is sent, or null."""

    __tablename__ = "channels"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    stopped: Mapped[str | None] = mapped_column(String(40))
    stopped_at: Mapped[datetime | None] = mapped_column(UtcTime())
