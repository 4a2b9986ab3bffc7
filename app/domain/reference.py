"""What a teammate typed to name a contact: an id, an external id, an email, a phone, or a link to a profile."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from app.domain.phone import read_stored

MAX_TYPED_CHARS = 500

Kind = Literal["contact_id", "external_id", "email", "phone"]


@dataclass(frozen=True)
class Interpretation:
    """One thing that the text may mean. A phone's value is E.164, a contact id's is lower case."""

    kind: Kind
    value: str = field(repr=False)


@dataclass(frozen=True)
class Reference:
    """Everything that the text may mean, likeliest first; never empty."""

    interpretations: tuple[Interpretation, ...]


@dataclass(frozen=True)
class UnreadableReference:
    """The text names nobody. `reason` is a sentence for the teammate and repeats nothing they typed."""

    reason: str


NOTHING_TYPED = UnreadableReference(
    "Nothing was typed. Enter an email, a phone number, an Intercom id, an external id or a profile link."
)
TOO_LONG = UnreadableReference(
    f"This text is longer than {MAX_TYPED_CHARS} characters, so it names nobody. "
    "Enter one email, phone number, id or profile link."
)
OTHER_WORKSPACE = UnreadableReference(
    "This link leads to another Intercom workspace. Contacts are merged only inside one workspace: "
    "open the person's profile here and copy its link."
)
NO_PROFILE = UnreadableReference(
    "This Intercom link leads to no contact. Open the person's profile in Intercom and copy the link from there."
)
SEVERAL_LINES = UnreadableReference(
    "This text has several lines. Enter just one email, phone number, id or profile link."
)

_APP_HOSTS = frozenset({"app.intercom.com", "app.eu.intercom.com", "app.au.intercom.com", "app.intercom.io"})
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_WRAPPERS = (*zip("\"'`<([{“‘„«", "\"'`>)]}”’“»", strict=True),)
_CONTACT_ID = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"()]+")
_NAMED_EMAIL = re.compile(r"[^<>]*<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9\s()./\u2010-\u2015-]+(?:(?:x|ext\.?|#)\s*\d+)?", re.IGNORECASE)
_PHONE_SCHEME = re.compile(r"(?:tel|sms|whatsapp):", re.IGNORECASE)
_MAIL_SCHEME = re.compile(r"mailto:([^?]*)", re.IGNORECASE)
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|(?:www\.|app\.)[^\s/@]+/)", re.IGNORECASE)
_PROFILE = re.compile(r"/a/apps/(?P<app>[^/]+)/(?:users|leads|contacts)/(?P<id>[0-9A-Fa-f]{24})(?:/[a-z-]+)?/?")
_QUERY_PROFILE = re.compile(r"(?:/a/apps/(?P<app>[^/]+))?(?:/users(?:/show)?)?/?")


def read_reference(text: str, *, workspace_id: str, region: str | None) -> Reference | UnreadableReference:
    """Say what the text may mean. `region` (two letters) serves phones without a country code.

    Quotes, brackets, `mailto:`, `tel:` and invisible characters around it are no part of it. Never raises.
    """
    if len(text) > MAX_TYPED_CHARS:
        return TOO_LONG
    bare = _unwrap(text)
    if not bare:
        return NOTHING_TYPED
    if len(bare.splitlines()) > 1:
        return SEVERAL_LINES
    if _LINK.match(bare):
        return _read_link(bare, workspace_id)
    return Reference(_interpret(bare, region))


def _unwrap(text: str) -> str:
    visible = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    bare = visible.strip()
    while _is_wrapped(bare):
        bare = bare[1:-1].strip()
    named = _NAMED_EMAIL.fullmatch(bare)
    if named:
        return named[1]
    mail = _MAIL_SCHEME.match(bare)
    return unquote(mail[1]).strip() if mail else bare


def _is_wrapped(bare: str) -> bool:
    """One pair around the whole text: not `(415) 555 (0100)`."""
    return len(bare) > 1 and any(
        bare[0] == opening and bare[-1] == closing and not {opening, closing} & set(bare[1:-1])
        for opening, closing in _WRAPPERS
    )


def _interpret(bare: str, region: str | None) -> tuple[Interpretation, ...]:
    if _CONTACT_ID.fullmatch(bare):
        return Interpretation("contact_id", bare.lower()), Interpretation("external_id", bare)
    if _EMAIL.fullmatch(bare):
        return Interpretation("email", bare), Interpretation("external_id", bare)
    scheme = _PHONE_SCHEME.match(bare)
    number = bare[scheme.end() :].strip() if scheme else bare
    phones = tuple(Interpretation("phone", phone) for phone in _phones(number, region))
    external = Interpretation("external_id", bare)
    if scheme and phones:
        return phones
    return (external, *phones) if _more_like_an_id(bare) else (*phones, external)


def _more_like_an_id(bare: str) -> bool:
    """Plain digits may be either. Nearly all phones as people type them have ten digits or begin with a zero."""
    return bare.isdecimal() and not bare.startswith("0") and not 10 <= len(bare) <= 15


def _phones(text: str, region: str | None) -> tuple[str, ...]:
    if not _PHONE.fullmatch(unicodedata.normalize("NFKC", text)):
        return ()
    return tuple(phone.e164 for phone in read_stored(text, region=region))


def _read_link(link: str, workspace_id: str) -> Reference | UnreadableReference:
    parts = _split(link)
    if parts is None:
        return Reference((Interpretation("external_id", link),))
    for shape in (_PROFILE, _QUERY_PROFILE):
        path = shape.fullmatch(parts.path)
        found = _named(path, parts.query) if path else None
        if path and found:
            app = unquote(path.groupdict()["app"] or "")
            foreign = app and workspace_id and app.lower() != workspace_id.lower()
            return OTHER_WORKSPACE if foreign else Reference((found,))
    return NO_PROFILE


def _split(link: str) -> SplitResult | None:
    """The parts of a link to Intercom's app; None for any other."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    return parts if parts.scheme in {"https", "http"} and host in _APP_HOSTS else None


def _named(path: re.Match[str], query: str) -> Interpretation | None:
    """Whom a profile link names: `/users/ID` and `?id=` by Intercom's id, `?user_id=` by the external one."""
    given = {name: values[0].strip() for name, values in parse_qs(query).items()}
    contact_id = path.groupdict().get("id") or given.get("id", "")
    if _CONTACT_ID.fullmatch(contact_id):
        return Interpretation("contact_id", contact_id.lower())
    if given.get("user_id"):
        return Interpretation("external_id", given["user_id"])
    if given.get("email"):
        # A plus typed as it is would read as a blank, which no address has.
        return Interpretation("email", given["email"].replace(" ", "+"))
    return None
