"""Put the message into the sender's conversation, once: a new one, or the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.composing import body_of, described, plain_form
from app.errors import AppError
from app.intercom.conversations import Conversation, File, Written
from app.intercom.errors import Refused
from app.storage import conversation_links
from app.storage.database import transaction
from app.usecases.bridge.delivery import Delivery, NoFile
from app.usecases.bridge.link_contact import Linked
from app.usecases.bridge.steps import Looked, StillInDoubt

SETTLES_WITHIN = timedelta(seconds=60)
"""How long Intercom may still be at work on a call whose answer never came, or not show it to a search."""
_LOOK_AGAIN = timedelta(seconds=10)
_MEDIA_TRIES = 3
_REJECTED = frozenset({400, 413, 422})


class MediaNotReady(AppError):
    """An attachment may be had in a moment; the message waits for it, a few times."""

    retryable = True


@dataclass(frozen=True)
class Prepared:
    """What goes into the conversation: the files, and in words what is no file."""

    body: str
    files: tuple[File, ...]
    body_without_files: str


def prepare(delivery: Delivery) -> Prepared:
    """Fetch what can be fetched; the rest becomes a line of text that says what it was. Raises MediaNotReady."""
    files, lines, all_lines = [], [], []
    for attachment in delivery.message.attachments:
        got = delivery.fetch_media(attachment)
        if isinstance(got, NoFile) and got.later and delivery.attempts < _MEDIA_TRIES:
            raise MediaNotReady("an attachment is not ready yet")
        if isinstance(got, File):
            files.append(got)
            all_lines.append(described(attachment, "Intercom did not take the file"))
        else:
            line = described(attachment, got.why if isinstance(got, NoFile) else None)
            lines.append(line)
            all_lines.append(line)
    message = delivery.message
    only_files = files and not message.text.strip() and not lines
    body = ", ".join(file.name for file in files) if only_files else body_of(message, lines)
    return Prepared(body, tuple(files), body_of(message, all_lines))


def post_message(delivery: Delivery, linked: Linked, prepared: Prepared) -> str:
    """The id of the conversation that the message is in. Raises Refused (404) when contact or conversation is gone."""
    known = _open_conversation(delivery, linked)
    if known is None:
        conversation_id = _start(delivery, linked, prepared)
    else:
        conversation_id = known
        _reply(delivery, linked, known, prepared.body, prepared, step="reply")
    with transaction(write=True) as connection:
        conversation_links.saw_message(
            connection,
            delivery.workspace.id,
            linked.identity_id,
            conversation_id,
            contact_id=linked.contact_id,
            at=delivery.now(),
        )
    return conversation_id


def _open_conversation(delivery: Delivery, linked: Linked) -> str | None:
    """The conversation that the message continues; None when a new one is due."""
    started = delivery.steps.outcome("conversation")
    if started is not None:
        return None  # this event has started one already, and goes on there
    with transaction() as connection:
        link = conversation_links.of_identity(connection, linked.identity_id)
    if link is None:
        return None
    longest = delivery.workspace.settings.new_conversation_after
    since = link.closed_at or link.last_activity_at
    return None if delivery.now() - since > longest else link.conversation_id


def _start(delivery: Delivery, linked: Linked, prepared: Prepared) -> str:
    """Starting takes no files, so they follow as a reply with their names."""
    body = body_of(delivery.message) if prepared.files and not delivery.message.text.strip() else prepared.body

    def start() -> str:
        return delivery.intercom.conversations.start(
            linked.contact_id, linked.role or _role(delivery, linked), body, created_at=delivery.written_at
        )

    conversation_id = str(
        delivery.steps.once("conversation", start, lambda at: _look_for_start(delivery, linked, body, at))
    )
    if prepared.files:
        names = ", ".join(file.name for file in prepared.files)
        _reply(delivery, linked, conversation_id, names, prepared, step="files")
    return conversation_id


def _role(delivery: Delivery, linked: Linked) -> str:
    """Intercom wants the role of who starts a conversation."""
    return delivery.intercom.contact(linked.contact_id).role


def _reply(
    delivery: Delivery, linked: Linked, conversation_id: str, body: str, prepared: Prepared, *, step: str
) -> None:
    conversations = delivery.intercom.conversations

    def reply() -> bool:
        try:
            conversations.reply(
                conversation_id, linked.contact_id, body, created_at=delivery.written_at, files=prepared.files
            )
        except Refused as refusal:
            if not prepared.files or refusal.status not in _REJECTED:
                raise
            conversations.reply(
                conversation_id, linked.contact_id, prepared.body_without_files, created_at=delivery.written_at
            )
        return True

    def look(intended_at: datetime) -> Looked:
        conversation = conversations.read(conversation_id)
        return _judged(delivery, (conversation,), (body, prepared.body_without_files), intended_at, found=True)

    delivery.steps.once(step, reply, look)


def _look_for_start(delivery: Delivery, linked: Linked, body: str, intended_at: datetime) -> Looked:
    conversations = delivery.intercom.conversations
    newest = [conversations.read(one) for one in conversations.newest_of(linked.contact_id)]
    for conversation in newest:
        if conversation.written and _is_ours(delivery, conversation.written[0], (body,)):
            return Looked(conversation.id)
    return _judged(delivery, (), (body,), intended_at, found=None)


def _judged(
    delivery: Delivery,
    conversations: Sequence[Conversation],
    bodies: tuple[str, ...],
    intended_at: datetime,
    *,
    found: bool | None,
) -> Looked:
    """Compare by body, time and count: the same words at the same second may have been written before."""
    seen = sum(_is_ours(delivery, one, bodies) for conversation in conversations for one in conversation.written)
    with transaction() as connection:
        twins = conversation_links.same_before(connection, delivery.lane, delivery.event_id, delivery.message)
    if seen > twins:
        return Looked(found)
    settled_at = intended_at + SETTLES_WITHIN
    now = delivery.now()
    if now < settled_at:
        raise StillInDoubt(min(settled_at, now + _LOOK_AGAIN))
    return Looked(None)


def _is_ours(delivery: Delivery, written: Written, bodies: tuple[str, ...]) -> bool:
    at = written.created_at
    if at is None or int(at.timestamp()) != int(delivery.written_at.timestamp()):
        return False
    return plain_form(written.body) in {plain_form(body) for body in bodies}
