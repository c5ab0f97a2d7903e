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
    created_at: Mapped[datetime] = mapped_column(UtcTime())
    updated_at: Mapped[datetime] = mapped_column(UtcTime())


class EventRow(Base):
    """What was said; never changed, read again by both sides."""

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
    received_at: Mapped[datetime] = mapped_column(UtcTime())


class OutboxRow(Base):
    """An event that a channel still has to deliver. `status`: pending or sent."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_pending", "status", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(20))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(8), default="pending")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[float] = mapped_column(Float, default=0.0)


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
