"""The durable inbox, the conversations of identities, and the contacts seen lately."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        f"{name}_{'_'.join(columns)}",
        "inbound_event",
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def upgrade() -> None:
    op.create_table(
        "inbound_event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False
        ),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("part_group", sa.String(), nullable=True),
        sa.Column("part_number", sa.Integer(), nullable=True),
        sa.Column("part_total", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["channel_account.id"], name="fk_inbound_event_account_id_channel_account"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inbound_event"),
        sqlite_autoincrement=True,
    )
    _index("uq_inbound_event", ["account_id", "event_id"], "account_id IS NOT NULL", unique=True)
    _index("uq_inbound_event", ["workspace_id", "event_id"], "account_id IS NULL", unique=True)
    op.create_index("ix_inbound_event_lane_id", "inbound_event", ["lane", "id"])
    _index("ix_inbound_event_waiting", ["lane", "id"], "state = 'waiting'")
    _index("ix_inbound_event_parts", ["lane", "part_group"], "state = 'part'")
    _index("ix_inbound_event_dead", ["workspace_id", "id"], "state = 'dead'")
    _index("ix_inbound_event_ended", ["finished_at"], "state IN ('done', 'dead')")
    op.create_table(
        "conversation_link",
        sa.Column("identity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name="fk_conversation_link_identity_id_identity"
        ),
        sa.PrimaryKeyConstraint("identity_id", name="pk_conversation_link"),
    )
    op.create_index(
        "ix_conversation_link_workspace_id_conversation_id",
        "conversation_link",
        ["workspace_id", "conversation_id"],
    )
    op.create_table(
        "known_contact",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "contact_id", name="pk_known_contact"),
    )
    op.create_index("ix_known_contact_workspace_id_phone", "known_contact", ["workspace_id", "phone"])
    op.create_index("ix_known_contact_workspace_id_seen_at", "known_contact", ["workspace_id", "seen_at"])


def downgrade() -> None:
    op.drop_table("known_contact")
    op.drop_table("conversation_link")
    op.drop_table("inbound_event")
