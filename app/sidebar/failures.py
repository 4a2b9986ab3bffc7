"""The messages of this contact that could not be brought in: when, where and why, never what they say."""

from __future__ import annotations

from app.domain.answers import FailedLately
from app.domain.counting import count
from app.domain.identity_answers import FailedMessage, FailedMessages, MessagesRetried
from app.sidebar import ids
from app.sidebar.parts import CHANNELS, NAME_LIMIT, back_home, date_time, footer, header, muted, name, submit
from app.sidebar.reasons import failure
from app.sidebar.screen import Screen
from canvas_components import Component, Item, List, SubmitAction, Text, plain

MOST_LISTED = 10


def failed_line(failed: FailedLately) -> List:
    """For the first screen: how many and why, and a click shows them."""
    reason = failure(failed.code)[0] if failed.code is not None else "For several reasons"
    title = f"{count(failed.number, 'message')} could not be brought in"
    return List(items=[Item(id=ids.FAILED, title=title, subtitle=reason, action=SubmitAction())])


def failed_messages_screen(failed: FailedMessages, timezone: str) -> Screen:
    """A click on a message tries it again."""
    shown: list[Component] = [header("Failed messages")]
    listed = failed.listed[:MOST_LISTED]
    ways_on = []
    if listed:
        shown += [
            Text(text="These messages did not get into Intercom. Pick one to try it again."),
            List(items=[_item(one, timezone) for one in listed]),
        ]
        shown += [muted(sentence) for sentence in dict.fromkeys(failure(one.code)[1] for one in listed)]
        if len(listed) > 1:
            ways_on.append(submit(ids.RETRY_ALL, f"Try these {len(listed)} again"))
    else:
        shown.append(muted("No message of this contact is waiting for help."))
    if failed.number > len(listed):
        shown.append(muted(f"The newest {len(listed)} of {failed.number} are listed."))
    return Screen([*shown, *footer(*ways_on, back_home())], {"failed": [one.event_id for one in listed]})


def messages_retried_screen(retried: MessagesRetried) -> Screen:
    if retried.number:
        shown: list[Component] = [
            header("✓ Trying again"),
            Text(text=f"Kinbox tries {count(retried.number, 'message')} again now, before any newer one."),
            muted("Look again in a moment: what fails once more is listed with its reason."),
        ]
    else:
        shown = [
            header("Nothing to try again"),
            Text(text="Somebody has tried it again already, or its channel belongs to another contact now."),
        ]
    return Screen([*shown, *footer(submit(ids.FAILED, "Look again"), back_home("Done"))])


def _item(message: FailedMessage, timezone: str) -> Item:
    channel = CHANNELS.get(message.channel) or plain(message.channel.capitalize(), limit=NAME_LIMIT)
    return Item(
        id=f"{ids.RETRY}{message.event_id}",
        title=f"Try again: {channel} · {name(message.account_name)}",
        subtitle=f"Came on {date_time(message.received_at, timezone)}",
        tertiary_text=failure(message.code)[0],
        action=SubmitAction(),
    )
