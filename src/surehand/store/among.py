"""`column IN (...)` with one parameter for all that stands there.

SQLAlchemy writes a statement anew for each number of names, and PostgreSQL then plans it anew. This one stays
the same however many there are.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from surehand.store.columns import encoded


class _Several(TypeDecorator[list[Any]]):
    """Texts or numbers: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, *, numbers: bool) -> None:
        super().__init__()
        self.numbers = numbers

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """See the class."""
        return Text() if dialect.name == "sqlite" else ARRAY(BigInteger() if self.numbers else Text())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        """To text where the database has no arrays."""
        return encoded(value) if dialect.name == "sqlite" else value


class Among(FunctionElement[bool]):
    """What `among` makes. Not of type Boolean, or SQLAlchemy would compare it with 1 on SQLite."""

    name = "among"
    inherit_cache = True


def among(column: Column[Any], parameter: str) -> Among:
    """The column is in the list that is given as this parameter when the statement is run."""
    numbers = isinstance(column.type, BigInteger)
    return Among(column, bindparam(parameter, type_=_Several(numbers=numbers)))


@compiles(Among, "postgresql")
def _any(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, names = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({names})"


@compiles(Among, "sqlite")
def _in(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, names = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({names}))"  # noqa: S608 - a bound parameter
