"""Bodies that Intercom would never send, or almost never: signed requests of the right shape with anything inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from app.domain.contact import Contact
from app.domain.teammate import Teammate
from app.http.schemas import CanvasCall
from app.http.state import StateSealer
from app.sidebar import ids
from tests.conftest import ENCRYPTION_KEY
from tests.sidebar.hostile import TEXTS

Json = dict[str, Any]

WORKSPACE, TEAMMATE = "wk7test1", "4410021"
LEAD, USER, OTHER = "a" * 24, "b" * 24, "c" * 24
FULL_STATE: Json = {
    "offers": [LEAD, USER, OTHER],
    "other": USER,
    "lead": LEAD,
    "user": USER,
    "missing": OTHER,
    "identities": [1, 2],
    "identity": 1,
    "runners_up": [USER, OTHER],
    "failed": {"1": 1},
    "unlinked_at": "2026-11-22T12:00:00+00:00",
    "moved": 1,
    "from": LEAD,
    "to": USER,
}
"""Everything that any screen could have offered."""
OUR_IDS = [value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)]


def sealed(
    state: Json, *, workspace: str = WORKSPACE, contact: str = LEAD, teammate: str = TEAMMATE, key: str = ENCRYPTION_KEY
) -> Mapping[str, str]:
    """`state` as Kinbox would have put it into `stored_data` for this teammate on this contact."""
    return StateSealer((key,)).seal(_call(workspace, contact, teammate), state)


def opened(stored: Mapping[str, Any], *, workspace: str, contact: str, teammate: str) -> Mapping[str, Any]:
    """What Kinbox would read in this `stored_data`."""
    return StateSealer((ENCRYPTION_KEY,)).open(_call(workspace, contact, teammate, stored))


def _call(workspace: str, contact: str, teammate: str, stored: Mapping[str, Any] | None = None) -> CanvasCall:
    return CanvasCall(
        workspace_id=workspace,
        contact=Contact(id=contact, role="lead"),
        teammate=Teammate(teammate, "Rosa"),
        stored_data=stored or {},
    )


def worthless(state: Json, *, workspace: str, contact: str, teammate: str) -> dict[str, Json]:
    """Sealed states that must open nothing for this teammate on this contact, by what is wrong with them."""
    here = {"workspace": workspace, "contact": contact, "teammate": teammate}
    good = sealed(state, **here)
    text, mac = good["state"].rpartition(".")[::2]
    other_mac = sealed({}, **here)["state"].rpartition(".")[2]
    bare = {"for": [workspace, contact, teammate], "state": state}
    return {
        "none": {},
        "of another contact": {**sealed(state, **{**here, "contact": "f" * 24})},
        "of another teammate": {**sealed(state, **{**here, "teammate": "4410099"})},
        "of another workspace": {**sealed(state, **{**here, "workspace": "wk7test2"})},
        "with another key": {**sealed(state, **here, key="9" * 43 + "=")},
        "of an older version": {**good, "v": "0"},
        "of no version": {"state": good["state"]},
        "with a number for the version": {**good, "v": 1},
        "cut off": {**good, "state": good["state"][:-5]},
        "without its signature": {**good, "state": text},
        "with another's signature": {**good, "state": f"{text}.{other_mac}"},
        "with a letter changed": {**good, "state": "X" + good["state"][1:]},
        "signed twice": {**good, "state": f"{good['state']}.{mac}"},
        "as plain JSON": {"v": "1", "state": json.dumps(bare)},
        "as an object": {"v": "1", "state": bare},
        "beside it": {"v": "1", **state},
        "as a text of dots": {"v": "1", "state": "...."},
        "not ASCII": {**good, "state": good["state"] + "é\ud800"},
    }


WORTHLESS = worthless(FULL_STATE, workspace=WORKSPACE, contact=LEAD, teammate=TEAMMATE)


def hostile(name: str) -> str:
    return TEXTS[name]


texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(sorted(TEXTS)).map(hostile),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co", "Cn", "Lo", "So"]), max_size=6),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    texts,
    st.sampled_from([LEAD, USER, OTHER, WORKSPACE, TEAMMATE, "lead", "user", 10**400, 1e308, ""]),
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def likely(*values: Any) -> st.SearchStrategy[Any]:
    """Mostly what Intercom sends, at times anything."""
    return st.one_of(*[st.sampled_from(values)] * 6, anything)


contacts = st.fixed_dictionaries(
    {"id": st.sampled_from([LEAD, LEAD, 7]), "role": likely("lead", "user", "lead", "user", "visitor")},
    optional={
        "name": texts,
        "email": likely("ivy@shop.example", None),
        "phone": likely("+35315550123", "0035315550123", "1" * 600),
        "external_id": anything,
        "custom_attributes": st.one_of(st.dictionaries(texts, anything, max_size=3), anything),
        "created_at": anything,
        "tags": anything,
        "merge_history": anything,
    },
)
component_ids = st.one_of(
    st.sampled_from(OUR_IDS),
    st.sampled_from([f"{one}{tail}" for one in OUR_IDS for tail in (LEAD, USER, "1", ":", "../x")]),
    st.sampled_from([f"{ids.MERGE_PICK}{USER}", f"{ids.MOVE}1"]),
    st.tuples(st.sampled_from(OUR_IDS), texts).map("".join),
    anything,
)
input_values = st.one_of(
    st.fixed_dictionaries(
        {
            ids.MERGE_REFERENCE: likely(USER, "+35315550123", "ivy@shop.example", "https://app.intercom.com/a/apps/x"),
            ids.MERGE_CONSENTS: likely(["irreversible", "nothing_shared", "promotion"], "irreversible"),
            ids.MERGE_REASON: texts,
            ids.PROMOTE_IDENTIFIER: likely("ivy@shop.example", "cust-1"),
        }
    ),
    anything,
)
stored_data = st.one_of(st.sampled_from(list(WORTHLESS.values())), anything)


@st.composite
def calls(draw: st.DrawFn) -> Json:
    """A request of the right shape, in which one part or another is odd."""
    call: Json = {
        "workspace_id": WORKSPACE,
        "contact": draw(contacts),
        "admin": {"id": TEAMMATE, "name": draw(texts)},
        "input_values": draw(input_values),
        "current_canvas": draw(st.one_of(st.fixed_dictionaries({"stored_data": stored_data}), anything)),
    }
    for name in draw(st.lists(st.sampled_from(CALL_FIELDS), max_size=2)):
        call[name] = draw(anything)
    return call


CALL_FIELDS = ("workspace_id", "app_id", "contact", "customer", "admin", "conversation", "current_canvas", "context")
READING_IDS = (
    f"{ids.MERGE_PICK}{USER}",
    ids.MERGE_CONTINUE,
    ids.MERGE_REFERENCE,
    ids.MERGE_START,
    ids.MERGE_CHECK,
    ids.CHANNELS,
    ids.HISTORY,
)
"""Clicks that only look, whatever their state offers."""


@st.composite
def looking_calls(draw: st.DrawFn) -> Json:
    """A click that was offered, and that leads to a screen about whatever contacts Intercom answers with."""
    return {
        "workspace_id": WORKSPACE,
        "contact": {**draw(contacts), "id": LEAD},
        "admin": {"id": TEAMMATE, "name": draw(texts)},
        "input_values": draw(input_values),
        "current_canvas": {"stored_data": sealed({"offers": [USER], "other": USER})},
    }


def dumped(value: Any, *, ascii_only: bool) -> bytes:
    """JSON as Python writes it: NaN, endless numbers and halves of characters included."""
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


BODIES_AT_ONCE = 3
"""Making up a request takes far longer than answering it, so each is sent with several components."""


@st.composite
def bodies(draw: st.DrawFn, call: st.SearchStrategy[Json], components: st.SearchStrategy[Any]) -> list[bytes]:
    made, ascii_only = draw(call), draw(st.booleans())
    return [dumped({**made, "component_id": draw(components)}, ascii_only=ascii_only) for _ in range(BODIES_AT_ONCE)]


odd_bodies = bodies(calls(), component_ids)
looking_bodies = bodies(looking_calls(), st.sampled_from(READING_IDS))


@st.composite
def loose_bodies(draw: st.DrawFn) -> bytes:
    """Bytes that are no request: any JSON, any bytes, endless nesting, a request cut off, bent or in another code."""
    kind = draw(st.sampled_from(["json", "bytes", "deep", "deep and cut off", "cut off", "bent", "encoded"]))
    if kind == "json":
        return dumped(draw(anything), ascii_only=draw(st.booleans()))
    if kind == "bytes":
        return draw(st.binary(max_size=40))
    if kind.startswith("deep"):
        depth = draw(st.integers(1, 3000))
        return b'{"contact":' * depth + b"1" + b"}" * (depth if kind == "deep" else 0)
    body = dumped(draw(calls()), ascii_only=True)
    place = draw(st.integers(0, 200))
    if kind == "encoded":
        return body.decode().encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-7"])))
    return body[:place] + (draw(st.binary(min_size=1, max_size=3)) + body[place:] if kind == "bent" else b"")
