"""Put the message into the sender's conversation, once: a new one, or the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.composing import body_of, described, escaped, plain_form
from app.errors import AppError
from app.intercom.conversations import File, Written
from app.intercom.errors import Refused
from app.storage import contact_states, conversation_links, redirects, senders
from app.storage.database import transaction
from app.usecases.bridge.delivery import Delivery, NoFile
from app.usecases.bridge.link_contact import Linked
from app.usecases.bridge.steps import Looked, StillInDoubt

SETTLES_WITHIN = timedelta(seconds=60)
"""How long Intercom may still be at work on a call whose answer never came."""
_LOOK_AGAIN = timedelta(seconds=10)
_MEDIA_TRIES = 3
_START, _REPLY, _FILES = "conversation", "reply", "files"
"""The steps. What the first of them started is tagged and assigned."""
_REJECTED = frozenset({400, 413, 422})


class MediaNotReady(AppError):
    """An attachment may be had in a moment; the message waits for it, a few times."""

    retryable = True


@dataclass(frozen=True)
class Prepared:
    """What goes into the conversation: the files, and in words what is no file."""

    body: str
    files: tuple[File, ...]
    files_in_words: str
    """A line for each file, for when Intercom does not take them."""


def prepare(delivery: Delivery) -> Prepared:
    """Fetch what can be fetched; the rest becomes a line of text that says what it was. Raises MediaNotReady."""
    files: list[File] = []
    lines: list[str] = []
    refused: list[str] = []
    for attachment in delivery.message.attachments:
        got = delivery.fetch_media(attachment)
        if isinstance(got, NoFile) and got.later and delivery.attempts < _MEDIA_TRIES:
            raise MediaNotReady("an attachment is not ready yet")
        if isinstance(got, File):
            files.append(got)
            refused.append(described(attachment, "Intercom did not take the file"))
        else:
            lines.append(described(attachment, got.why if isinstance(got, NoFile) else None))
    message = delivery.message
    only_files = files and not message.text.strip() and not lines
    body = _names(files) if only_files else body_of(message, lines)
    return Prepared(body, tuple(files), escaped("\n".join(refused)))


def _names(files: Sequence[File]) -> str:
    """A body is required, so files that come alone come with their names."""
    return escaped(", ".join(file.name for file in files))


def post_message(delivery: Delivery, linked: Linked, prepared: Prepared) -> str:
    """The id of the conversation that the message is in. Raises Refused (404) when contact or conversation is gone."""
    known = _open_conversation(delivery, linked)
    if known is None:
        conversation_id = _start(delivery, linked, prepared)
    else:
        conversation_id = known
        _reply(delivery, linked, known, prepared.body, prepared, step=_REPLY)
    with transaction(write=True) as connection:
        senders.lock(connection, linked.identity_id)
        delivery.hold.secure(connection)
        conversation_links.saw_message(
            connection,
            delivery.workspace.id,
            linked.identity_id,
            conversation_id,
            contact_id=linked.contact_id,
            at=delivery.now(),
        )
        contact_states.clear(connection, delivery.workspace.id, linked.contact_id)  # it has just taken a message
    return conversation_id


def _open_conversation(delivery: Delivery, linked: Linked) -> str | None:
    """The conversation that the message continues; None when a new one is due.

    What an earlier try began is gone on with, whatever changed since. A conversation that the identity had with another
    contact is left, unless that contact was merged into this one: nobody may read what was not written to them.
    """
    if delivery.steps.was_intended(_START):
        return None
    begun = delivery.steps.facts(_REPLY).get("conversation_id")
    if begun is not None:
        return str(begun)
    with transaction() as connection:
        link = conversation_links.of_identity(connection, linked.identity_id)
        if link is None:
            return None
        whose = redirects.survivor(connection, delivery.workspace.id, link.contact_id)
    if whose != linked.contact_id:
        return None
    longest = delivery.workspace.settings.new_conversation_after
    since = link.closed_at or link.last_activity_at
    return None if delivery.now() - since > longest else link.conversation_id


def _start(delivery: Delivery, linked: Linked, prepared: Prepared) -> str:
    """Starting takes no files, so they follow as a reply with their names."""
    body = prepared.body

    def start() -> str:
        return delivery.intercom.conversations.start(
            linked.contact_id, linked.role or _role(delivery, linked), body, created_at=delivery.written_at
        )

    def look(intended_at: datetime) -> Looked:
        return _look_for_start(delivery, linked, _sent(delivery, _START, body), intended_at)

    started = delivery.steps.once(_START, start, look, facts={"body": plain_form(body)})
    conversation_id = str(started)
    if prepared.files:
        _reply(delivery, linked, conversation_id, _names(prepared.files), prepared, step=_FILES)
    return conversation_id


def _role(delivery: Delivery, linked: Linked) -> str:
    """Intercom wants the role of who starts a conversation."""
    return delivery.intercom.contact(linked.contact_id).role


def _reply(
    delivery: Delivery, linked: Linked, conversation_id: str, body: str, prepared: Prepared, *, step: str
) -> None:
    conversations = delivery.intercom.conversations
    # After a start the text is there already, and only the files are told in words.
    in_words = prepared.files_in_words if step == _FILES else f"{_text_of(delivery, body)}\n{prepared.files_in_words}"

    def reply() -> bool:
        try:
            conversations.reply(
                conversation_id, linked.contact_id, body, created_at=delivery.written_at, files=prepared.files
            )
        except Refused as refusal:
            if not prepared.files or refusal.status not in _REJECTED:
                raise
            conversations.reply(conversation_id, linked.contact_id, in_words.strip(), created_at=delivery.written_at)
        return True

    def look(intended_at: datetime) -> Looked:
        written = conversations.read(conversation_id).written
        return _judged(delivery, written, {_sent(delivery, step, body), plain_form(in_words)}, intended_at)

    facts = {"body": plain_form(body), "conversation_id": conversation_id}
    delivery.steps.once(step, reply, look, facts=facts)


def _text_of(delivery: Delivery, body: str) -> str:
    """The body without the file names that stand in for a text."""
    return body if delivery.message.text.strip() else ""


def _sent(delivery: Delivery, step: str, body: str) -> str:
    """The bare text that an earlier try sent: what can be fetched, and so the words for it, may differ by now."""
    return str(delivery.steps.facts(step).get("body") or plain_form(body))


def _look_for_start(delivery: Delivery, linked: Linked, body: str, intended_at: datetime) -> Looked:
    """A conversation that may have been started appears in the search within its lag, like a contact."""
    conversations = delivery.intercom.conversations
    for conversation_id in conversations.newest_of(linked.contact_id):
        with transaction() as connection:
            others = conversation_links.is_of_another(
                connection, delivery.workspace.id, conversation_id, linked.identity_id
            )
        written = () if others else conversations.read(conversation_id).written
        if written and _is_ours(delivery, written[0], {body}):
            return Looked(conversation_id)
    return not_yet(delivery, intended_at, delivery.search_lag)


def _judged(delivery: Delivery, written: Sequence[Written], bodies: set[str], intended_at: datetime) -> Looked:
    """Compare by body, time and count: the same words at the same second may have been written before."""
    seen = sum(_is_ours(delivery, one, bodies) for one in written)
    with transaction() as connection:
        twins = conversation_links.same_before(
            connection, delivery.lane, delivery.event_id, delivery.message, delivery.written_at
        )
    return Looked(found=True) if seen > twins else not_yet(delivery, intended_at, SETTLES_WITHIN)


def not_yet(delivery: Delivery, intended_at: datetime, within: timedelta) -> Looked:
    """Not there: but Intercom may still be at it, or not show it yet, for so long."""
    settled_at, now = intended_at + within, delivery.now()
    if now < settled_at:
        raise StillInDoubt(min(settled_at, now + _LOOK_AGAIN))
    return Looked(None)


def _is_ours(delivery: Delivery, written: Written, bodies: set[str]) -> bool:
    at = written.created_at
    if at is None or int(at.timestamp()) != int(delivery.written_at.timestamp()):
        return False
    return plain_form(written.body) in bodies
