"""What every component, action, option and item has in common: it is frozen, and it cannot be built wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

from canvas_components.rules import Rule, kind_of, text_list


class ComponentError(ValueError):
    """A canvas, component, action, option or item breaks a rule of Canvas Kit.

    The message is a sentence that names the component and the field. It never repeats the refused value.
    """

    def __init__(self, *, component: str, id: str | None, field: str, problem: str) -> None:  # noqa: A002 - Canvas Kit's name
        named = f'{component} "{id}"' if id else component
        super().__init__(f"{named}: {field} {problem}")
        self.component = component
        """The `type`, as in JSON; `canvas` for the whole."""
        self.id = id
        self.field = field
        self.problem = problem


class Part:
    """Anything in a canvas that has a `type` of its own."""

    __slots__ = ()
    type: ClassVar[str]
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other spellings of a field that are accepted when reading JSON."""
    rules: ClassVar[tuple[tuple[str, Rule, bool], ...]] = ()
    """Field name, rule, whether None is refused."""
    required: ClassVar[frozenset[str]] = frozenset()
    _single: ClassVar[tuple[str, ...]] = ()
    _several: ClassVar[tuple[str, ...]] = ()
    _lists: ClassVar[tuple[str, ...]] = ()
    _values: ClassVar[Callable[[Any], tuple[Any, ...]]]
    _names: ClassVar[tuple[str, ...]] = ()
    _clashing: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name in self._lists:
            value = getattr(self, name)
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))
        for (name, rule, needed), value in zip(self.rules, self._values(), strict=True):
            if value is not None:
                problem = rule(value)
                if problem is not None:
                    raise self._error(name, problem)
            elif needed:
                raise self._error(name, "is missing")
        if self._clashing:
            for name, problem in self.clashes({name: getattr(self, name) for name in self._names}):
                raise self._error(name, problem)

    @classmethod
    def clashes(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:  # noqa: ARG003 - for subclasses
        """Field and problem, wherever two fields contradict each other. Nested parts may be objects or JSON."""
        yield from ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object; fields that are not set are left out."""
        made: dict[str, Any] = {"type": self.type}
        for name, value in zip(self._names, self._values(), strict=True):
            if value is not None:
                made[name] = value
        for name in self._single:
            if name in made:
                made[name] = made[name].to_dict()
        for name in self._several:
            made[name] = [entry.to_dict() for entry in made[name]]
        return made

    def children(self) -> Iterator[Part]:
        """The parts directly inside: an action, options, items."""
        for name in self._single:
            inner = getattr(self, name)
            if inner is not None:
                yield inner
        for name in self._several:
            yield from getattr(self, name)

    def __repr__(self) -> str:
        """Type and id only: the texts may be a customer's, and a repr ends up in logs."""
        part_id = getattr(self, "id", None)
        return f"{type(self).__name__}({f'id={part_id!r}' if part_id else ''})"

    def _error(self, name: str, problem: str) -> ComponentError:
        part_id = getattr(self, "id", None)
        return ComponentError(
            component=self.type, id=part_id if isinstance(part_id, str) else None, field=name, problem=problem
        )


class Action(Part):
    """What a click does."""

    __slots__ = ()


class Component(Part):
    """An entry of `content.components`."""

    __slots__ = ()


class One:
    """The rule for a field that holds one part, of one of these kinds."""

    def __init__(self, *kinds: type[Part]) -> None:
        self.kinds = {kind.type: kind for kind in kinds}
        self.allowed = " or ".join(self.kinds)

    def __call__(self, value: object) -> str | None:
        if not isinstance(value, Action):
            return f"is {kind_of(value)}, but must be a {self.allowed} action"
        return self.refuse(value.type)

    def refuse(self, kind: object) -> str | None:
        return (
            None
            if kind in self.kinds
            else f"must be a {self.allowed} action, which is all that this component allows"
        )


class Many:
    """The rule for a field that holds a list of parts of one kind, each with its own id."""

    def __init__(self, kind: type[Part], *, least: int = 1, most: int | None = None) -> None:
        self.kind = kind
        self.least = least
        self.most = most

    def __call__(self, value: object) -> str | None:
        if not isinstance(value, tuple):
            return f"is {kind_of(value)}, but must be a list"
        for entry in value:
            if not isinstance(entry, self.kind):
                return f"holds {kind_of(entry)}, but must hold {self.kind.__name__} objects only"
        return self.refuse(len(value), [getattr(entry, "id", None) for entry in value])

    def refuse(self, count: int, ids: Sequence[object]) -> str | None:
        if count < self.least:
            return f"has {count}, but needs at least {self.least}"
        if self.most is not None and count > self.most:
            return f"has {count}, but at most {self.most} are allowed"
        twin = first_twin(ids)
        return None if twin is None else f'has two entries with the id "{twin}"'


def first_twin(ids: Iterable[object]) -> str | None:
    """The first text that stands twice."""
    seen: set[str] = set()
    for one in ids:
        if isinstance(one, str):
            if one in seen:
                return one
            seen.add(one)
    return None


P = TypeVar("P", bound=Part)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def part(cls: type[P]) -> type[P]:
    """Make the class a frozen, keyword-only dataclass and work out its tables once, so that no instance has to.

    A required field that is left out is a ComponentError like any other, not a TypeError.
    """
    made = dataclass(frozen=True, kw_only=True, repr=False, slots=True)(cls)
    known = fields(made)  # type: ignore[arg-type]  # `made` is a dataclass by now
    made.rules = tuple((one.name, one.metadata["rule"], one.default is not None) for one in known)
    made.required = frozenset(one.name for one in known if one.default is MISSING)
    made._names = names = tuple(one.name for one in known)
    made._single = tuple(name for name, rule, _ in made.rules if isinstance(rule, One))
    made._several = tuple(name for name, rule, _ in made.rules if isinstance(rule, Many))
    made._lists = tuple(name for name, rule, _ in made.rules if isinstance(rule, Many) or rule is text_list)
    made._clashing = made.clashes.__func__ is not Part.clashes.__func__  # type: ignore[attr-defined]
    made._values = _reader(names)
    made.__init__.__kwdefaults__ = dict.fromkeys(made.required) | (made.__init__.__kwdefaults__ or {})
    return made


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """One call that reads all fields, in order."""
    if not names:
        return lambda _: ()
    if len(names) == 1:
        single = attrgetter(names[0])
        return lambda self: (single(self),)
    several: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    return lambda self: several(self)
