"""A query that is compiled once and runs on the driver's own cursor.

The first screen is asked for several times for each page view, and executing a statement through SQLAlchemy costs
several times what the query itself does. The statement, its types and both dialects are still SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import BindParameter, Select

Row = tuple[Any, ...]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    fixed: Mapping[str, Any]
    """Every parameter by name, with the values of those that are part of the statement."""
    order: tuple[str, ...] | None
    """Their order, for a driver that takes them by position."""
    converts: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The columns whose values need reading, by position."""


class Prepared:
    """A SELECT with named parameters. Its rows are plain tuples in the order of its columns."""

    def __init__(self, statement: Select[Any] | Any) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **parameters: Any) -> list[Row]:
        """Run it. Raises what SQLAlchemy would raise for a database that does not answer."""
        return self.read(connection.dialect.name, self.unread(connection, **parameters))

    def unread(self, connection: Connection, **parameters: Any) -> tuple[Row, ...]:
        """Run it, and leave the values as the driver gives them: cheap to compare, and `read` makes them ours."""
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = _compile(self._statement, connection.dialect)
        values = {**compiled.fixed, **parameters}
        bound: Any = tuple(values[name] for name in compiled.order) if compiled.order is not None else values
        return _fetched(connection, compiled.sql, bound)

    def read(self, dialect: str, rows: Iterable[Row]) -> list[Row]:
        """What `unread` gave, with every value of its column's type. Needs an `unread` on that dialect before."""
        converts = self._compiled[dialect].converts
        return [_converted(row, converts) for row in rows]


def _fetched(connection: Connection, sql: str, bound: Any) -> tuple[Row, ...]:
    try:
        cursor = connection.connection.cursor()
        try:
            for listener in connection.dispatch.before_cursor_execute:  # whoever counts or traces queries sees this one
                listener(connection, cursor, sql, bound, None, False)  # noqa: FBT003 - SQLAlchemy calls them so
            cursor.execute(sql, bound)
            return tuple(cursor.fetchall())
        finally:
            cursor.close()
    except connection.dialect.loaded_dbapi.Error:
        # Let SQLAlchemy meet the same fault: it names it, and drops a connection that is broken.
        return tuple(tuple(row) for row in connection.exec_driver_sql(sql, bound))


def _converted(row: Row, converts: tuple[tuple[int, Callable[[Any], Any]], ...]) -> Row:
    values = list(row)
    for position, convert in converts:
        if values[position] is not None:
            values[position] = convert(values[position])
    return tuple(values)


def _bound(bind: BindParameter[Any], value: Any, dialect: Dialect) -> Any:
    """A value as the driver takes it; the path into a JSON document is one of those that need help."""
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None or value is None else process(value)


def _compile(statement: Any, dialect: Dialect) -> _Compiled:
    made = statement.compile(dialect=dialect)
    order = tuple(made.positiontup) if made.positional else None
    types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    converts = [(position, one.result_processor(dialect, None)) for position, one in enumerate(types)]
    return _Compiled(
        sql=str(made),
        fixed={
            name: _bound(made.binds[name], value, dialect)
            for name, value in made.construct_params(_check=False).items()
        },
        order=order,
        converts=tuple((position, convert) for position, convert in converts if convert is not None),
    )
