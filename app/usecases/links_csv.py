"""Links of senders to contacts as CSV: take them away, and bring them in from another bridge.

Bringing in reads the whole list first. One wrong row, and nothing is written; every wrong row is told with its line.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.csv_text import CsvRow, UnreadableCsv, read_csv, write_csv
from app.domain.identity import Match
from app.domain.phone import read_sender
from app.storage import listed_links
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from app.storage.lanes import Person
from app.storage.listed_links import ListedLink, NewLink
from app.usecases.office import Office

REQUIRED = ("channel", "account", "sender_id", "contact_id")
COLUMNS = (*REQUIRED, "phone", "handle", "name", "rule", "linked_at")
"""What is written. Of these `rule` and `linked_at` are not read: an imported link has a rule of its own."""
MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 100_000
LONGEST_SENDER, LONGEST_TEXT = 500, 200
OPERATOR = "an operator"
_CONTACT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be imported; `line` is where it begins in the file."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportedLinks:
    """What an import did, or would do. `done` is False after a dry run and where a row is bad: nothing was written.

    `new` senders get a contact for the first time, `replaced` ones another, and `same` ones have it already.
    """

    rows: int
    new: int = 0
    replaced: int = 0
    same: int = 0
    bad: tuple[BadRow, ...] = ()
    done: bool = False


def export_links(office: Office) -> Iterator[str]:
    """All links of the workspace as the text of a CSV file, a piece at a time. That it was taken away is recorded."""
    with transaction(write=True) as connection:
        office.workspace(connection)
        office.record(connection, "links_exported", {})
    return write_csv(COLUMNS, (_cells(link) for link in _each(office)))


def _each(office: Office) -> Iterator[ListedLink]:
    after = listed_links.BEGINNING
    while True:
        with transaction() as connection:
            after, links = listed_links.page(connection, office.workspace_id, after=after)
        if not links:
            return
        yield from links


def _cells(link: ListedLink) -> tuple[object, ...]:
    at = link.linked_at.isoformat(timespec="seconds") if link.linked_at else None
    who = (link.channel, link.address, link.sender_id, link.contact_id)
    return (*who, link.phone, link.handle, link.name, link.rule, at)


def import_links(office: Office, data: bytes, *, replace: bool = False, dry_run: bool = False) -> ImportedLinks:
    """Link the senders of a CSV file to their contacts: all of them, or none where any row is wrong.

    A sender that is linked to another contact already is wrong too, unless `replace`. Merges are followed as far as
    they are known here. Whether Intercom serves the contacts is not asked: one that it does not is matched anew with
    the sender's next message. Raises UnreadableCsv, NoSuchWorkspace, and ChangedMeanwhile when somebody wrote in just
    now: then the same may be asked again.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableCsv(f"The file is larger than {MAX_BYTES >> 20} MB. Split it, each part with the head.")
    plan = _Plan(office, replace=replace)
    for row in read_csv(data, REQUIRED):
        plan.add(row)
    plan.compare()
    found = plan.told()
    if dry_run or found.bad:
        return found
    with transaction(write=True) as connection:
        match = Match("imported", office.by.name if office.by else OPERATOR).to_json()
        listed_links.write(connection, office.workspace_id, plan.links, match=match, at=office.now())
        facts = {"rows": found.rows, "new": found.new, "replaced": found.replaced, "same": found.same}
        office.record(connection, "links_imported", facts)
    return plan.told(done=True)


@dataclass(frozen=True, slots=True)
class _Wanted:
    line: int
    account_id: int
    person: Person
    contact_id: str
    handle: str | None = field(repr=False)
    name: str | None = field(repr=False)


class _BadCell(Exception):
    """Why a row cannot be imported."""


class _Plan:
    """The rows that were read so far, and what is to be written for them."""

    def __init__(self, office: Office, *, replace: bool) -> None:
        with transaction() as connection:
            self._country = office.workspace(connection).settings.country
            self._accounts = office.channels.list(connection, workspace_id=office.workspace_id)
        self._office = office
        self._replace = replace
        self._named: dict[tuple[str, str], StoredAccount] = {}
        self._readers: dict[int, Callable[[str], str | None]] = {}
        self._wanted: dict[tuple[int, str], _Wanted] = {}
        self._bad: list[BadRow] = []
        self._rows = 0
        self._same = 0
        self.links: list[NewLink] = []

    def add(self, row: CsvRow) -> None:
        """Raises UnreadableCsv when there are too many."""
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise UnreadableCsv(f"The file has more than {MAX_ROWS:,} rows. Split it, each part with the head.")
        try:
            wanted = self._read(row)
        except _BadCell as fault:
            self._bad.append(BadRow(row.line, str(fault)))
            return
        key = (wanted.account_id, wanted.person.sender_id)
        first = self._wanted.setdefault(key, wanted)
        if first is wanted:
            return
        if first.contact_id == wanted.contact_id:
            self._same += 1
        else:
            self._bad.append(BadRow(row.line, f"line {first.line} links the same sender to another contact."))

    def compare(self) -> None:
        """Look which senders are known, and to whom they are linked."""
        wanted = list(self._wanted.values())
        workspace_id, contact_ids = self._office.workspace_id, [one.contact_id for one in wanted]
        with transaction() as connection:
            into = listed_links.gone_on(connection, workspace_id, contact_ids)
            wanted = [dataclasses.replace(one, contact_id=into.get(one.contact_id, one.contact_id)) for one in wanted]
            gone = listed_links.gone_for_good(connection, workspace_id, [*contact_ids, *into.values()])
        for account_id in dict.fromkeys(one.account_id for one in wanted):
            mine = [one for one in wanted if one.account_id == account_id]
            with transaction() as connection:
                known = listed_links.known(connection, account_id, [one.person for one in mine])
            taken: dict[int, _Wanted] = {}
            for one in mine:
                self._plan(one, known.get(one.person), taken, gone=one.contact_id in gone)

    def told(self, *, done: bool = False) -> ImportedLinks:
        replaced = sum(link.former_id is not None for link in self.links)
        return ImportedLinks(
            rows=self._rows,
            new=len(self.links) - replaced,
            replaced=replaced,
            same=self._same,
            bad=tuple(sorted(self._bad, key=lambda row: row.line)),
            done=done,
        )

    def _plan(
        self, one: _Wanted, known: tuple[int, str | None] | None, taken: dict[int, _Wanted], *, gone: bool
    ) -> None:
        identity_id, former_id = known or (None, None)
        if gone:
            self._bad.append(BadRow(one.line, "its contact was deleted, so nobody is linked to it any more."))
            return
        if identity_id is not None:
            first = taken.setdefault(identity_id, one)
            if first is not one:
                self._bad.append(BadRow(one.line, f"line {first.line} names the same person under another sender_id."))
                return
        if former_id == one.contact_id:
            self._same += 1
            return
        if former_id is not None and not self._replace:
            words = f"this sender is linked to contact {former_id} already. Import with “replace” to change that."
            self._bad.append(BadRow(one.line, words))
            return
        self.links.append(
            NewLink(
                account_id=one.account_id,
                sender_id=one.person.sender_id,
                contact_id=one.contact_id,
                phone=one.person.phone,
                handle=one.handle,
                name=one.name,
                identity_id=identity_id,
                former_id=former_id,
            )
        )

    def _read(self, row: CsvRow) -> _Wanted:
        """Raises _BadCell."""
        cells = {name: cell.strip() for name, cell in row.cells.items()}
        account = self._account(cells["channel"].lower(), cells["account"])
        sender_id = cells["sender_id"]
        if not 0 < len(sender_id) <= LONGEST_SENDER or not sender_id.isprintable():
            raise _BadCell(f"sender_id has to be 1 to {LONGEST_SENDER} characters, as the provider names the sender.")
        if not _CONTACT_ID.fullmatch(cells["contact_id"]):
            raise _BadCell("contact_id is no id of a contact in Intercom: letters and digits, such as 66a1f0c2d3e4.")
        phone = self._phone(account, sender_id, cells.get("phone", ""))
        return _Wanted(
            line=row.line,
            account_id=account.id,
            person=Person(sender_id=sender_id, phone=phone),
            contact_id=cells["contact_id"],
            handle=_short("handle", cells),
            name=_short("name", cells),
        )

    def _account(self, channel: str, address: str) -> StoredAccount:
        if (channel, address) not in self._named:
            self._named[channel, address] = self._find_account(channel, address)
        return self._named[channel, address]

    def _find_account(self, channel: str, address: str) -> StoredAccount:
        kind = self._office.kinds.get(channel)
        if kind is None:
            raise _BadCell(f"channel has to be one of {', '.join(self._office.kinds)}.")
        near = [one for one in self._accounts if one.slug == channel]
        exact = [one for one in near if one.address == address]
        found = exact or [one for one in near if kind.same_address(one.address, one.region, address)]
        if not address or not found:
            raise _BadCell(f"this workspace has no {channel} account with that address. Add it first.")
        return found[0]

    def _phone(self, account: StoredAccount, sender_id: str, given: str) -> str | None:
        """The number that is given, or that the sender id is. An id channel's ids are none."""
        country = account.country or self._country
        if given:
            phone = read_sender(given, region=country, international_digits=False)
            if phone is None:
                raise _BadCell("phone is no phone number. Write it with plus and country code, such as +35315550123.")
            return phone
        if account.id not in self._readers:
            self._readers[account.id] = self._office.kinds[account.slug].phone_reader(country)
        return self._readers[account.id](sender_id)


def _short(name: str, cells: Mapping[str, str]) -> str | None:
    text = cells.get(name, "")
    if len(text) > LONGEST_TEXT:
        raise _BadCell(f"{name} is longer than {LONGEST_TEXT} characters.")
    return text or None
