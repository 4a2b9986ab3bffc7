"""What every component, action, option and item has in common: it is frozen, and it cannot be built wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform

from canvas_components.faults import named
from canvas_components.rules import Rule, kind_of, text_list


class ComponentError(ValueError):
    """A canvas, component, action, option or item breaks a rule of Canvas Kit.

    The message is a sentence that names the component and the field. It never repeats the refused value.
    """

    def __init__(self, *, component: str, id: str | None, field: str, problem: str) -> None:  # noqa: A002 - Canvas Kit's name
        super().__init__(f"{named(component, id)}: {field} {problem}")
        self.component = component
        """The `type`, as in JSON; `canvas` for the whole."""
        self.id = id
        self.field = field
        self.problem = problem


class Part:
    """Anything in a canvas that has a `type` of its own."""

    __slots__ = ("_json",)
    type: ClassVar[str]
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other spellings of a field that are accepted when reading JSON."""
    rules: ClassVar[tuple[tuple[str, Rule, bool], ...]] = ()
    """Field name, rule, whether None is refused."""
    required: ClassVar[frozenset[str]] = frozenset()
    clash_trigger: ClassVar[frozenset[str]] = frozenset()
    """The fields that `clashes` looks after: with none of them set, it has nothing to find."""
    _single: ClassVar[tuple[str, ...]] = ()
    _several: ClassVar[tuple[str, ...]] = ()
    _lists: ClassVar[tuple[str, ...]] = ()
    _json: dict[str, Any]

    def __post_init__(self) -> None:
        """Check every field and make the JSON in one go: a sidebar builds dozens of parts for each click."""
        for name in self._lists:
            value = getattr(self, name)
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))
        made: dict[str, Any] = {"type": self.type}
        for name, rule, needed in self.rules:
            value = getattr(self, name)
            if value is not None:
                problem = rule(value)
                if problem is not None:
                    raise self._error(name, problem)
                made[name] = value
            elif needed:
                raise self._error(name, "is missing")
        if self.clash_trigger and not self.clash_trigger.isdisjoint(made):
            for name, problem in self.clashes(made):
                raise self._error(name, problem)
        for name in self._single:
            if name in made:
                made[name] = made[name]._json
        for name in self._several:
            made[name] = [entry._json for entry in made[name]]
        object.__setattr__(self, "_json", made)

    @classmethod
    def clashes(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:  # noqa: ARG003 - for subclasses
        """Field and problem, wherever two fields contradict each other. Parts may be objects or JSON."""
        return iter(())

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, a fresh copy; fields that are not set are left out."""
        made: dict[str, Any] = _fresh(self._json)
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Copies and pickles are built, and so checked, anew."""
        return _rebuilt, (type(self), {name: getattr(self, name) for name, _, _ in self.rules})

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
    """The rule for a field that holds one action, of one of these kinds."""

    def __init__(self, *kinds: type[Action]) -> None:
        self.kinds = {kind.type: kind for kind in kinds}
        self.allowed = " or ".join(self.kinds)

    def __call__(self, value: object) -> str | None:
        if not isinstance(value, Action):
            return f"is {kind_of(value)}, but must be a {self.allowed} action"
        return self.refuse(value.type)

    def refuse(self, kind: object) -> str | None:
        """What is wrong with an action of this type here."""
        is_allowed = isinstance(kind, str) and kind in self.kinds
        return None if is_allowed else f"must be a {self.allowed} action, the only kind allowed here"


class Many:
    """The rule for a field that holds a list of parts of one kind."""

    def __init__(self, kind: type[Part], *, most: int | None = None, least: int = 1, unique_ids: bool = False) -> None:
        self.kind = kind
        self.unique_ids = unique_ids
        self.least = least
        self.most = most

    def __call__(self, value: object) -> str | None:
        if not isinstance(value, tuple):
            return f"is {kind_of(value)}, but must be a list"
        for entry in value:
            if not isinstance(entry, self.kind):
                return f"holds {kind_of(entry)}, but must hold {self.kind.__name__} objects only"
        return self.refuse(len(value), [getattr(entry, "id", None) for entry in value] if self.unique_ids else [])

    def refuse(self, count: int, ids: Sequence[object]) -> str | None:
        """What is wrong with so many entries with these ids; the dataclasses and the validator both ask this."""
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


def _fresh(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _fresh(inner) for name, inner in value.items()}
    return [_fresh(inner) for inner in value] if isinstance(value, list | tuple) else value


def _rebuilt(kind: type[Part], values: dict[str, Any]) -> Part:
    return kind(**values)


P = TypeVar("P", bound=Part)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def part(cls: type[P]) -> type[P]:
    """Make the class a frozen, keyword-only dataclass and work out its tables once for all instances.

    A required field that is left out is a ComponentError like any other, not a TypeError.
    """
    made = dataclass(frozen=True, kw_only=True, repr=False, slots=True)(cls)
    known = fields(made)  # type: ignore[arg-type]  # `made` is a dataclass by now
    made.rules = tuple((one.name, one.metadata["rule"], one.default is not None) for one in known)
    made.required = frozenset(one.name for one in known if one.default is MISSING)
    made._single = tuple(name for name, rule, _ in made.rules if isinstance(rule, One))
    made._several = tuple(name for name, rule, _ in made.rules if isinstance(rule, Many))
    made._lists = tuple(name for name, rule, _ in made.rules if isinstance(rule, Many) or rule is text_list)
    made.__init__.__kwdefaults__ = dict.fromkeys(made.required) | (made.__init__.__kwdefaults__ or {})
    return made
