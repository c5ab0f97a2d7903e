"""desk: leases, labels, history, drafts, presence, reviews, official replies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def _case(primary_key: bool = False) -> sa.Column[int]:
    cases = sa.ForeignKey("cases.id", ondelete="CASCADE")
    return sa.Column("case_id", _ID, cases, primary_key=primary_key, nullable=False)


def _staff(name: str, primary_key: bool = False, nullable: bool = False) -> sa.Column[int]:
    staff = sa.ForeignKey("staff.id")
    return sa.Column(name, _ID, staff, primary_key=primary_key, nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("cases") as batch:
        for name, kind, default in (
            ("fence", sa.Integer(), "0"), ("lease_until", sa.Float(), "0"),
            ("emergency", sa.Boolean(), sa.false()), ("held", sa.Boolean(), sa.false()),
            ("labels", _JSON, "[]"), ("reopened", sa.Integer(), "0"),
        ):  # fmt: skip
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch.add_column(sa.Column("merged_into", _ID, nullable=True))
        batch.add_column(sa.Column("outcome", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("useful", sa.Boolean(), nullable=True))
        batch.create_foreign_key("fk_cases_merged_into", "cases", ["merged_into"], ["id"])
    op.create_table(
        "case_history",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _case(),
        _staff("staff_id", nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("detail", _JSON, nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_case_history_case", "case_history", ["case_id", "id"])
    op.create_table(
        "case_drafts",
        _case(primary_key=True),
        _staff("staff_id", primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_table(
        "case_presence",
        _case(primary_key=True),
        _staff("staff_id", primary_key=True),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.Column("typing_at", sa.Float(), nullable=False),
    )
    op.create_table(
        "case_reviews",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        _case(),
        _staff("author_id"),
        _staff("reviewer_id", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kinds", _JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_table(
        "official_replies",
        sa.Column("code", sa.String(length=20), primary_key=True),
        sa.Column(
            "conversation_id", sa.String(length=64),
            sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False,
        ),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("official_replies", "case_reviews", "case_presence", "case_drafts",
                  "case_history"):  # fmt: skip
        op.drop_table(table)
    with op.batch_alter_table("cases") as batch:
        for name in ("fence", "lease_until", "emergency", "held", "labels", "reopened",
                     "merged_into", "outcome", "useful"):  # fmt: skip
            batch.drop_column(name)
