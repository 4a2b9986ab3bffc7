"""Why an identity is linked to its contact, and why a message could not be brought in, in plain words."""

from __future__ import annotations

from app.domain.identity import LinkedIdentity, Match
from app.sidebar.parts import CHANNELS, VALUE_LIMIT, brief

_AGAIN = "Try again in a while."
_FAILURES = {
    "channel_removed": (
        "Its channel was removed from Kinbox",
        "The channel account that it came to was removed from Kinbox. Connect it again, then try again.",
    ),
    "workspace_removed": (
        "The workspace was not connected",
        "Kinbox was not connected to this workspace when it came. It is now, so try again.",
    ),
    "Disconnected": (
        "Intercom refused the access token",
        "Intercom did not accept Kinbox's access token. Once an admin has connected the workspace again, try again.",
    ),
    "Forbidden": (
        "Kinbox lacked a permission in Intercom",
        "Intercom did not allow it. An admin can check the app's permissions and the plan; then try again.",
    ),
    "RateLimited": ("Intercom's rate limit was reached", f"Intercom's rate limit was reached for too long. {_AGAIN}"),
    "TimedOut": ("Intercom did not answer in time", f"Intercom did not answer in time, for a whole day. {_AGAIN}"),
    "Unavailable": ("Intercom was not available", f"Intercom reported errors, for a whole day. {_AGAIN}"),
    "Unreadable": ("Intercom's answer was not readable", f"Intercom's answers could not be read. {_AGAIN}"),
    "NotServed": (
        "Intercom did not serve the contact",
        f"Intercom no longer served the contact or the conversation. {_AGAIN}",
    ),
    "ContactMerged": (
        "The contact was merged meanwhile",
        "The contact was merged into another one while the message was on its way. Try again.",
    ),
    "Conflict": (
        "Another contact has the same id",
        "Another contact in Intercom has the same email or external id. Try again.",
    ),
    "Refused": (
        "Intercom refused it",
        "Intercom refused the message or the contact. Whoever runs Kinbox can see why; then try again.",
    ),
    "StillInDoubt": (
        "Intercom did not say whether it worked",
        f"Intercom did not show for too long whether the message had arrived. {_AGAIN}",
    ),
    "MediaNotReady": (
        "Its attachment was not to be had",
        f"The provider did not hand out its attachment. {_AGAIN}",
    ),
    "DatabaseUnavailable": ("Kinbox's database was not available", f"Kinbox's database did not answer. {_AGAIN}"),
}
_OTHER = (
    "Something went wrong inside Kinbox",
    "Something went wrong inside Kinbox. Whoever runs Kinbox finds the reason in its log; then try again.",
)
_BY_STATUS = {"401": "Disconnected", "403": "Forbidden", "404": "NotServed", "410": "ContactMerged", "409": "Conflict"}
_SAME_AS = {"media_not_ready": "MediaNotReady", "disconnected": "Disconnected", "in_doubt": "StillInDoubt"}


def failure(code: str) -> tuple[str, str]:
    """A line and a sentence for the code under which a message was given up: `intercom_422_...`, a fault's name."""
    source, _, told = code.partition("_")
    if source == "intercom":
        return _FAILURES[_BY_STATUS.get(told.partition("_")[0], "Refused")]
    return _FAILURES.get(_SAME_AS.get(code, code), _OTHER)


GONE = {
    "archived": (
        "Archived",
        "Intercom archived this contact. The next message goes to another match, or to a new lead, unless the contact "
        "is restored first.",
    ),
    "blocked": (
        "Blocked",
        "This contact is blocked in Intercom. The next message goes to another match, or to a new lead.",
    ),
    "deleted": (
        "Deleted",
        "This contact was deleted in Intercom, and Kinbox keeps nothing of the person. Who writes again gets a new "
        "lead.",
    ),
    "erased": (
        "Erased",
        "Somebody had this person erased from Kinbox. Who writes again gets a new lead.",
    ),
}
"""A line of state and a sentence for why Intercom does not serve a contact, and what that means for messages."""
UNSUBSCRIBED = "Unsubscribed from emails. Channel messages still come in."


def why(match: Match | None, identity: LinkedIdentity, *, columns: int = VALUE_LIMIT) -> str:
    """Why this identity is linked to this contact, in a sentence."""
    if match is None:
        return "Linked before Kinbox kept reasons."
    value = brief(match.value, columns)
    others = len(match.runners_up)
    channel = CHANNELS.get(identity.channel, "channel")
    sentences = {
        "phone": f"Matched by phone {value}{_others(others, 'have this number', 'has this number')}.",
        "channel_id": f"Matched by {channel} id {value}{_others(others, 'have this id', 'has this id')}.",
        "known_contact": f"Matched by {value} with a contact that Kinbox had made already.",
        # The value of a new lead says why somebody who was linked needed one.
        "new_lead": "Intercom no longer serves the contact before, so Kinbox made this lead."
        if match.value
        else "Nobody matched, so Kinbox made this lead.",
        "teammate": f"Linked to this contact by {value}.",
        "merged": f"Came here with a merge by {value}.",
        "imported": f"Linked by a list that {value} imported.",
    }
    return sentences.get(match.rule, "Linked by Kinbox.")


def _others(number: int, several: str, one: str) -> str:
    if number == 0:
        return ""
    return f"; {number} others {several}" if number > 1 else f"; 1 other {one}"
