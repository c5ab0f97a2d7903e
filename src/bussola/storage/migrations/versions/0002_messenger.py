"""messenger: threads, sends, comments; silence, pauses, failures, erasures"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_NEW_COLUMNS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("conversations", sa.Column("muted_until", sa.Float(), nullable=False, server_default="0")),
    ("inbox", sa.Column("after_pause", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("outbox", sa.Column("reason", sa.String(length=40), nullable=True)),
)


def _conversation() -> sa.Column[str]:
    return sa.Column(
        "conversation_id", sa.String(length=64),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True,
    )  # fmt: skip


def upgrade() -> None:
    for table, column in _NEW_COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(column)
    op.create_table(
        "messenger_threads",
        _conversation(),
        sa.Column("page_id", sa.String(length=128), nullable=False),
        sa.Column("person_id", sa.String(length=128), nullable=False),
        sa.Column("last_act_at", _TIME, nullable=True),
        sa.Column("unavailable", sa.Boolean(), nullable=False),
        sa.Column("offered_event", sa.Integer(), nullable=True),
        sa.UniqueConstraint("page_id", "person_id", name="uq_messenger_person"),
    )
    op.create_table(
        "messenger_sends",
        _conversation(),
        sa.Column("event_id", sa.Integer(), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tried_at", sa.Float(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
    )
    op.create_table(
        "messenger_comments",
        sa.Column("comment_id", sa.String(length=128), primary_key=True),
        sa.Column("page_id", sa.String(length=128), nullable=False),
        sa.Column("post_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("kinds", _JSON, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("pointer_sent", sa.Boolean(), nullable=False),
        sa.Column("private_sent", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.Float(), nullable=False),
        sa.Column("entry_id", sa.String(length=120), nullable=True),
    )
    op.create_table(
        "erasures",
        sa.Column("code", sa.String(length=40), primary_key=True),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
    )
    op.create_table(
        "channels",
        sa.Column("name", sa.String(length=20), primary_key=True),
        sa.Column("stopped", sa.String(length=40), nullable=True),
        sa.Column("stopped_at", _TIME, nullable=True),
    )


def downgrade() -> None:
    for table in ("channels", "erasures", "messenger_comments", "messenger_sends",
                  "messenger_threads"):  # fmt: skip
        op.drop_table(table)
    for table, column in reversed(_NEW_COLUMNS):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column.name)
