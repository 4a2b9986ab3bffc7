"""On PostgreSQL: the tables and functions of Procrastinate, which works the inbox there. SQLite needs none.

They are those of the installed release (3.10 when this was written). A release that changes them brings SQL files of its
own; they go into a new migration here, which must first look whether the newer schema is there already.
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Every look at a lane asks for its live jobs; the library's own indexes begin with the job's id.
LANE_INDEX = """
CREATE INDEX kinbox_procrastinate_jobs_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')
"""
REMOVE = """
DO $$
DECLARE
    one record;
BEGIN
    DROP TABLE IF EXISTS procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
        procrastinate_workers CASCADE;
    FOR one IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP FUNCTION IF EXISTS ' || one.name || ' CASCADE';
    END LOOP;
    FOR one IN
        SELECT oid::regtype AS name FROM pg_type
        WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c')
            AND typnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE 'DROP TYPE IF EXISTS ' || one.name || ' CASCADE';
    END LOOP;
END
$$
"""


def upgrade() -> None:
    _execute(SchemaManager.get_schema(), LANE_INDEX)


def downgrade() -> None:
    _execute(REMOVE)


def _execute(*statements: str) -> None:
    """Past SQLAlchemy, which would take the percent signs in the functions for parameters."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        with bind.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
