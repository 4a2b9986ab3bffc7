"""Where merged contacts went: found by the survivor, for chains are shortened with each merge and walked at night."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_contact_redirect_workspace_id_into_id", "contact_redirect", ["workspace_id", "into_id"])


def downgrade() -> None:
    op.drop_index("ix_contact_redirect_workspace_id_into_id", "contact_redirect")
