"""Following Intercom: contacts that are gone, the walk over the links. Installing: tokens, sign-in, paused channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.storage.types import Json, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workspace") as table:
        table.add_column(sa.Column("revoked_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("uninstalled_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("health", sa.String(), nullable=True))
    with op.batch_alter_table("channel_account") as table:
        table.add_column(sa.Column("paused_at", UtcDateTime(), nullable=True))
    op.create_table(
        "contact_state",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "contact_id", name="pk_contact_state"),
    )
    op.create_table(
        "reconcile_run",
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("after_contact_id", sa.String(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("unresolved", Json, nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_reconcile_run"),
    )
    op.create_table(
        "oauth_state",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_oauth_state"),
    )
    op.create_table(
        "admin_session",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.Column("admin_id", sa.String(), nullable=False),
        sa.Column("admin_name", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="pk_admin_session"),
    )
    op.create_index("ix_admin_session_workspace_id", "admin_session", ["workspace_id"])


def downgrade() -> None:
    for table in ("admin_session", "oauth_state", "reconcile_run", "contact_state"):
        op.drop_table(table)
    with op.batch_alter_table("channel_account") as table:
        table.drop_column("paused_at")
    with op.batch_alter_table("workspace") as table:
        for column in ("health", "uninstalled_at", "revoked_at"):
            table.drop_column(column)
