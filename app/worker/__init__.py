"""Edge: takes stored events, calls a use case, records how it went. SQLite and PostgreSQL have an engine each."""
