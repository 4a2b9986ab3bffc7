"""Links are taken away and brought in as CSV: all or none, each wrong row named, nobody linked over somebody's head."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.domain.csv_text import UnreadableCsv
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.services import services
from app.storage import contact_states, listed_links, redirects
from app.storage.database import transaction
from app.storage.identities import Sender, link
from app.storage.lanes import Person, lane_of
from app.storage.listed_links import ChangedMeanwhile, NewLink
from app.storage.models import AuditRecord, Identity
from app.usecases.links_csv import COLUMNS, MAX_BYTES, ImportedLinks, export_links, import_links
from app.usecases.manage_channels import add_channel, remove_channel
from app.usecases.office import Office

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
HEAD = "channel,account,sender_id,contact_id,phone,handle,name\n"
BOT, NUMBER = "5012345678", "+35315550100"


@pytest.fixture
def office(database: Flask) -> Office:
    return furnished()


def furnished() -> Office:
    """Two workspaces with a bot and a text number each."""
    with transaction(write=True) as connection:
        for app_id in ("abc12", "xyz99"):
            workspace = Workspace(id=app_id, region="us").change("country", "IE")
            services().workspaces.save(connection, workspace, NOW)
    for app_id in ("abc12", "xyz99"):
        there = services().office(app_id, Teammate("814860", "Rosa Teammate"))
        add_channel(there, "telegram", name="Bot", address=BOT, secrets={"secret_token": "s"})
        add_channel(there, "twilio", name="Texts", address=NUMBER, secrets={"auth_token": "t"})
    return services().office("abc12", Teammate("814860", "Rosa Teammate"))


def account(office: Office, slug: str) -> int:
    with transaction() as connection:
        [found] = office.channels.list(connection, workspace_id=office.workspace_id, slug=slug)
    return found.id


def brought(office: Office, *rows: str, **options: bool) -> ImportedLinks:
    return import_links(office, (HEAD + "".join(f"{row}\n" for row in rows)).encode(), **options)


def links(app_id: str = "abc12") -> dict[str, str | None]:
    with transaction() as connection:
        query = select(Identity.sender_id, Identity.contact_id).where(Identity.workspace_id == app_id)
        return {row.sender_id: row.contact_id for row in connection.execute(query)}


def exported(office: Office) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(export_links(office)), newline="")))


def test_senders_are_linked_and_known_under_every_spelling(office: Office) -> None:
    told = brought(
        office,
        f"telegram,{BOT},77,c1,,@maya,Maya R.",
        "Twilio,+353 1 555 0100,35315550123,c2",
        "twilio,+35315550100,015550124,c3",
        f"telegram,{BOT},78,c1,+353 1 555 0125",
        "",
    )
    assert told == ImportedLinks(rows=4, new=4, done=True)
    with transaction() as connection:
        rows = connection.execute(select(Identity).order_by(Identity.id)).all()
    assert [(row.sender_id, row.contact_id, row.phone) for row in rows] == [
        ("77", "c1", None),
        ("78", "c1", "+35315550125"),
        ("35315550123", "c2", "+35315550123"),
        ("015550124", "c3", "+35315550124"),
    ]
    assert (rows[0].handle, rows[0].display_name) == ("@maya", "Maya R.")
    assert rows[0].match == {"rule": "imported", "value": "Rosa Teammate", "runners_up": []}
    with transaction(write=True) as connection:
        text = Person(sender_id="+35315550123", phone="+35315550123")
        lane = lane_of(connection, "abc12", account(office, "twilio"), text, NOW)
    assert lane.endswith(":35315550123")
    assert links("xyz99") == {}


def test_a_dry_run_changes_nothing_and_says_the_same(office: Office) -> None:
    row = f"telegram,{BOT},77,c1"
    assert brought(office, row, dry_run=True) == ImportedLinks(rows=1, new=1)
    assert links() == {}
    assert records() == []
    assert brought(office, row) == ImportedLinks(rows=1, new=1, done=True)
    assert brought(office, row) == ImportedLinks(rows=1, same=1, done=True)
    assert records()[0] == ("814860", "links_imported", {"rows": 1, "new": 1, "replaced": 0, "same": 0})


def records() -> list[tuple[object, ...]]:
    with transaction() as connection:
        columns = (AuditRecord.admin_id, AuditRecord.action, AuditRecord.details)
        query = select(*columns).where(AuditRecord.action.startswith("links_")).order_by(AuditRecord.id)
        return [tuple(row) for row in connection.execute(query)]


def test_one_wrong_row_stops_all_and_each_is_named(office: Office) -> None:
    told = brought(
        office,
        f"telegram,{BOT},77,c1",
        f"pigeon,{BOT},77,c1",
        "telegram,999,77,c1",
        f"telegram,{BOT},,c1",
        f"telegram,{BOT},78,",
        f"telegram,{BOT},79,c1; DROP",
        f"telegram,{BOT},80,c1,call me",
        f"telegram,{BOT},77,c2",
        f"telegram,{BOT},77,c1",
        f"telegram,{BOT},81,c1,,,{'x' * 201}",
    )
    assert (told.rows, told.new, told.same, told.done) == (10, 1, 1, False)
    assert [row.line for row in told.bad] == [3, 4, 5, 6, 7, 8, 9, 11]
    words = ["channel has", "no telegram account", "sender_id", "contact_id", "contact_id", "phone", "line 2", "name"]
    for row, word in zip(told.bad, words, strict=True):
        assert word in row.reason
    assert links() == {}


def test_a_link_to_somebody_else_is_replaced_only_where_that_is_asked_for(office: Office) -> None:
    bot = account(office, "telegram")
    with transaction(write=True) as connection:
        link(connection, "abc12", Sender(account_id=bot, sender_id="77", handle="@own"), "c1", match={}, at=NOW)
        lane_of(connection, "abc12", bot, Person(sender_id="78"), NOW)  # wrote in, and is linked to nobody yet
    rows = (f"telegram,{BOT},77,c2,,@theirs,Maya", f"telegram,{BOT},78,c2")
    told = brought(office, *rows)
    assert [row.line for row in told.bad] == [2]
    assert "contact c1" in told.bad[0].reason
    assert links() == {"77": "c1", "78": None}
    assert brought(office, *rows, replace=True) == ImportedLinks(rows=2, new=1, replaced=1, done=True)
    assert links() == {"77": "c2", "78": "c2"}
    with transaction() as connection:
        row = connection.execute(select(Identity).where(Identity.sender_id == "77")).one()
    assert (row.handle, row.display_name, row.match["runners_up"]) == ("@own", "Maya", ["c1"])


def test_two_names_of_one_person_are_told(office: Office) -> None:
    with transaction(write=True) as connection:
        person = Person(sender_id="+35315550123", phone="+35315550123")
        lane_of(connection, "abc12", account(office, "twilio"), person, NOW)
    told = brought(office, f"twilio,{NUMBER},35315550123,c1", f"twilio,{NUMBER},+35315550123,c2")
    assert [row.line for row in told.bad] == [3]


def test_a_contact_that_was_deleted_gets_nobody(office: Office) -> None:
    with transaction(write=True) as connection:
        contact_states.mark(connection, "abc12", "c1", contact_states.ERASED, NOW)
        contact_states.mark(connection, "abc12", "c2", contact_states.ARCHIVED, NOW)
    assert [row.line for row in brought(office, f"telegram,{BOT},77,c1", f"telegram,{BOT},78,c2").bad] == [2]


def test_a_contact_that_was_merged_is_followed(office: Office) -> None:
    with transaction(write=True) as connection:
        redirects.add(connection, "abc12", "c1", "c2", at=NOW)
        redirects.add(connection, "abc12", "c3", "c4", at=NOW)
        contact_states.mark(connection, "abc12", "c4", contact_states.DELETED, NOW)
        redirects.add(connection, "xyz99", "c5", "c6", at=NOW)
    assert brought(office, f"telegram,{BOT},77,c1", f"telegram,{BOT},78,c5").done
    assert links() == {"77": "c2", "78": "c5"}
    assert brought(office, f"telegram,{BOT},77,c1").same == 1
    assert [row.line for row in brought(office, f"telegram,{BOT},79,c3").bad] == [2]


def test_an_account_that_was_removed_takes_no_links(office: Office) -> None:
    remove_channel(office, account(office, "telegram"))
    assert "Add it first" in brought(office, f"telegram,{BOT},77,c1").bad[0].reason


def test_what_changed_meanwhile_stops_all(office: Office) -> None:
    bot = account(office, "telegram")
    with transaction(write=True) as connection:
        link(connection, "abc12", Sender(account_id=bot, sender_id="77"), "c1", match={}, at=NOW)
    fresh = NewLink(account_id=bot, sender_id="99", contact_id="c9")
    for stale in (
        NewLink(account_id=bot, sender_id="77", contact_id="c2"),
        NewLink(account_id=bot, sender_id="77", contact_id="c2", identity_id=1, former_id="c0"),
        NewLink(account_id=bot, sender_id="77", contact_id="c2", identity_id=1),
    ):
        with pytest.raises(ChangedMeanwhile), transaction(write=True) as connection:
            listed_links.write(connection, "abc12", [fresh, stale], match={"rule": "imported"}, at=NOW)
    assert links() == {"77": "c1"}


def test_who_is_erased_between_the_look_and_the_writing_gets_nobody(office: Office) -> None:
    fresh = NewLink(account_id=account(office, "telegram"), sender_id="99", contact_id="c9")
    with transaction(write=True) as connection:
        contact_states.mark(connection, "abc12", "c9", contact_states.ERASED, NOW)
    with pytest.raises(ChangedMeanwhile), transaction(write=True) as connection:
        listed_links.write(connection, "abc12", [fresh], match={"rule": "imported"}, at=NOW)
    assert links() == {}


@pytest.mark.parametrize("data", [b"channel,account\n", b"\xff\xfe", b"x" * (MAX_BYTES + 1)])
def test_what_is_no_list_is_refused(office: Office, data: bytes) -> None:
    with pytest.raises(UnreadableCsv):
        import_links(office, data)


def test_a_list_has_an_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.usecases.links_csv.MAX_ROWS", 2)
    with pytest.raises(UnreadableCsv, match="more than 2 rows"):
        brought(office, *[f"telegram,{BOT},{number},c1" for number in range(3)])


def test_a_list_holds_all_links_of_its_workspace_and_runs_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_links, "AT_ONCE", 2)
    neighbour = services().office("xyz99")
    brought(neighbour, f"telegram,{BOT},1,c1")
    brought(
        office,
        *[f"telegram,{BOT},{number},c1,,@h,=HYPERLINK()" for number in range(5)],
        f"twilio,{NUMBER},+35315550123,c2",
    )
    rows = exported(office)
    assert tuple(rows[0]) == COLUMNS
    assert [row["sender_id"] for row in rows] == ["0", "1", "2", "3", "4", "'+35315550123"]
    assert (rows[0]["handle"], rows[0]["name"], rows[0]["rule"]) == ("'@h", "'=HYPERLINK()", "imported")
    assert (rows[5]["account"], rows[5]["phone"]) == ("'+35315550100", "'+35315550123")
    assert records()[-1][:2] == ("814860", "links_exported")


@pytest.fixture
def once(app: Flask) -> Iterator[Office]:
    """For many examples on one database."""
    with app.app_context():
        yield furnished()


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20).map(lambda text: text.strip())
SENDERS = st.one_of(
    TEXT.filter(lambda text: text.isprintable() and text != ""),
    st.integers(10**6, 10**9).map(lambda number: f"+353{number}"),
    st.sampled_from(["=1+1", "-2", "@x", "'=1", "'+1", '"', "a,b", "ゆき"]),
)
ROWS = st.dictionaries(SENDERS, st.tuples(st.from_regex(r"[0-9a-f]{1,24}", fullmatch=True), TEXT, TEXT), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slug=st.sampled_from(["telegram", "twilio"]), rows=ROWS)
def test_what_was_taken_away_comes_back(once: Office, slug: str, rows: dict[str, tuple[str, str, str]]) -> None:
    number = account(once, slug)
    with transaction(write=True) as connection:
        connection.execute(delete(Identity))
        for sender_id, (contact_id, handle, name) in rows.items():
            sender = Sender(account_id=number, sender_id=sender_id, handle=handle or None, display_name=name or None)
            link(connection, "abc12", sender, contact_id, match={"rule": "phone"}, at=NOW)
    text = "".join(export_links(once))
    before = everyone()
    with transaction(write=True) as connection:
        connection.execute(delete(Identity))
    told = import_links(once, text.encode())
    assert (told.bad, told.new, told.done) == ((), len(rows), True)
    assert everyone() == before


def everyone() -> set[tuple[Any, ...]]:
    columns = (Identity.account_id, Identity.sender_id, Identity.contact_id, Identity.handle, Identity.display_name)
    with transaction() as connection:
        return {tuple(row) for row in connection.execute(select(*columns))}
