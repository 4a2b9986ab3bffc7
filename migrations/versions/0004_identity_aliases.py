"""People are looked up under every id that they are known by, with each message."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_identity_account_id_bsuid", "identity", ["account_id", "bsuid"])
    op.create_index("ix_identity_account_id_phone", "identity", ["account_id", "phone"])


def downgrade() -> None:
    op.drop_index("ix_identity_account_id_phone", "identity")
    op.drop_index("ix_identity_account_id_bsuid", "identity")
