"""The first screen: who this is, why we think so, the linked channels, and the way to a merge.

Inbox rules for a first canvas: at most 400 px, no primary button, no relative time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.answers import Home, PastMerge
from app.domain.identity import LinkedIdentity
from app.sidebar import ids
from app.sidebar.failures import failed_line
from app.sidebar.parts import (
    LIST_LIMIT,
    NAME_LIMIT,
    VALUE_LIMIT,
    back_home,
    brief,
    channel_title,
    date,
    footer,
    header,
    last_message,
    muted,
    name,
    open_link,
    role,
    strong,
    submit,
    table,
)
from app.sidebar.reasons import GONE, UNSUBSCRIBED, why
from app.sidebar.screen import Screen
from canvas_components import (
    BASE_HEIGHT_PX,
    MAX_FIRST_HEIGHT_PX,
    Button,
    Component,
    Text,
    bold,
    buttons_height_px,
    plain,
    table_height_px,
    text_height_px,
)

_BRIEF_VALUE = 40
"""Columns for the value that matched, inside a sentence of the first screen."""
_STATE_PX = 24
_FIXED_PX = BASE_HEIGHT_PX + _STATE_PX + table_height_px(3)
"""The state line and the facts of the contact: they are always there."""
_FAILED_PX = 66
"""The entry on failed messages, a title and a line below it, with the margin under it."""


@dataclass(frozen=True)
class _Layout:
    """How many channels the first screen lists, whether it tells the last merge and links to Intercom's own profile."""

    channels: int
    tells_merge: bool
    links_profile: bool = True


_LAYOUTS = (
    *(_Layout(channels, tells_merge) for channels in (2, 1) for tells_merge in (True, False)),
    _Layout(0, tells_merge=False),
    _Layout(0, tells_merge=False, links_profile=False),
)
"""From the fullest first screen to the barest."""


def home_screen(home: Home, *, notice: str | None = None) -> Screen:
    """As much as a first canvas may hold; the rest is one click away. `notice` says what just happened."""
    sentences = list(_explanations(home))
    past = _past(home.history[0], home) if home.history and not home.survivor_id else None
    spared = sentences[0] if past and _says_it_all(home) else None
    told = [*([notice] if notice else []), *sentences]
    aside = [UNSUBSCRIBED] if _gets_no_emails(home) else []
    layout = _fitting(home, [*told, *aside], past, spared)
    if layout is None:
        aside, layout = [], _fitting(home, told, past, spared) or _LAYOUTS[-1]
    if spared and layout.tells_merge:
        sentences = sentences[1:]
    shown: list[Component] = [Text(text=notice)] if notice else []
    shown.append(Text(text=_state(home), style="header", bottom_margin="none"))
    shown += table(_facts(home))
    shown += [muted(sentence) for sentence in (*sentences, *aside)]
    shown += table(_channel_row(identity, home.timezone) for identity in home.identities[: layout.channels])
    if past and layout.tells_merge:
        shown.append(muted(past))
    if home.failed:
        shown.append(failed_line(home.failed))
    return Screen([*shown, *footer(*_ways_on(home, layout))])


def _fitting(home: Home, sentences: list[str], past: str | None, spared: str | None) -> _Layout | None:
    """The fullest layout that a first canvas has room for. Reckoned before anything is built: this is a hot path.

    `spared` is the sentence that is not needed where the merge is told.
    """
    taken_px = _FIXED_PX + sum(text_height_px(sentence) for sentence in sentences) + _FAILED_PX * bool(home.failed)
    spared_px = text_height_px(spared) if spared else 0
    for layout in _LAYOUTS:
        told_px = text_height_px(past) - spared_px if past and layout.tells_merge else 0
        rows_px = table_height_px(min(layout.channels, len(home.identities)))
        ways_px = buttons_height_px(_number_of_ways(home, layout))
        if taken_px + told_px + rows_px + ways_px <= MAX_FIRST_HEIGHT_PX:
            return layout
    return None


def _gets_no_emails(home: Home) -> bool:
    return bool(home.contact.unsubscribed_from_emails and home.identities and not home.survivor_id)


def _says_it_all(home: Home) -> bool:
    """Whether the newest merge, when it is told, also is why the channel is linked: then that is not said twice."""
    match = home.identities[0].match if home.identities else None
    if match is None or match.rule != "merged" or not home.history:
        return False
    same = match.value == home.history[0].by
    return same and home.connected and home.may_merge and not (home.open_merge or home.gone in GONE)


def history_screen(home: Home) -> Screen:
    """Every merge of this contact that Kinbox made."""
    shown: list[Component] = [header("Merge history")]
    shown += [Text(text=_past(merge, home)) for merge in home.history[:LIST_LIMIT]]
    shown += cut_short(len(home.history))
    if not home.history:
        shown.append(muted("Kinbox has merged nothing into this contact."))
    return Screen([*shown, *footer(back_home())])


def cut_short(number: int) -> list[Component]:
    """Says so where a list does not show all of them."""
    return [muted(f"The newest {LIST_LIMIT} of {number} are listed.")] if number > LIST_LIMIT else []


def _state(home: Home) -> str:
    if home.survivor_id:
        return "Merged"
    if not home.connected:
        return "Not connected"
    if home.gone in GONE:
        return GONE[home.gone][0]
    if home.open_merge:
        return "Merge not confirmed yet"
    return _match_state(home) if home.identities else "Not from a channel"


def _match_state(home: Home) -> str:
    match = home.identities[0].match
    if match and match.runners_up and match.rule != "teammate":
        return "Several matches"
    return "New lead" if match and match.rule == "new_lead" else "Matched"


def _facts(home: Home) -> list[tuple[str, str]]:
    contact = home.contact
    return [
        (role(contact), plain(contact.name, limit=NAME_LIMIT) or "No name"),
        ("Phone", plain(contact.phone, limit=VALUE_LIMIT) or "None"),
        ("Email", plain(contact.email, limit=VALUE_LIMIT) or "None"),
    ]


def _explanations(home: Home) -> Iterable[str]:
    if home.survivor_id:
        into = f"into {bold(brief(home.survivor_label))}" if home.survivor_label else "into another contact"
        yield f"This contact was merged {into}. New messages go there."
    elif not home.connected:
        yield (
            "Kinbox has no access token that Intercom accepts. Messages wait. To reconnect, an admin installs it again."
        )
    elif home.gone in GONE:
        yield GONE[home.gone][1]
    elif home.open_merge:
        merge = home.open_merge
        lead, user = bold(brief(merge.lead_label)), bold(brief(merge.user_label))
        yield f"{brief(merge.by)} asked to merge {lead} into {user}. Intercom has not said yet whether it happened."
    elif home.identities:
        yield why(home.identities[0].match, home.identities[0], columns=_BRIEF_VALUE)
    elif not home.has_channels:
        yield "Kinbox is installed and has no channel yet. An admin adds the first one on the admin page of Kinbox."
    else:
        yield "No message of this contact came in through Kinbox."
    if home.connected and not (home.may_merge or home.survivor_id or home.open_merge):
        yield "Only some teammates may merge here, and you are not one of them."


def _channel_row(identity: LinkedIdentity, timezone: str) -> tuple[str, str]:
    """A table cuts what is too long for its row and shows it on hover, so that a row is never taller than one line."""
    heard = "paused, messages wait" if identity.is_paused else last_message(identity, timezone)
    return channel_title(identity), f"{plain(identity.shown_handle, limit=40)} · {heard}"


def _past(merge: PastMerge, home: Home) -> str:
    when = date(merge.at, home.timezone)
    if merge.user_id == home.contact.id:
        return f"Lead {strong(merge.lead_label)} was merged into this user by {name(merge.by)} on {when}."
    return f"Merged into {strong(merge.user_label)} by {name(merge.by)} on {when}."


def _has_more_merges(home: Home, layout: _Layout) -> bool:
    """Of a merged contact no merge is told here."""
    return len(home.history) > (layout.tells_merge and not home.survivor_id)


def _links_profile(home: Home, layout: _Layout) -> bool:
    return bool(layout.links_profile and home.profile_url and not home.survivor_id)


def _offers_merge(home: Home) -> bool:
    """An archived contact may be back by now, and Intercom is asked. One that is deleted or blocked is not."""
    return home.connected and home.may_merge and home.gone not in {"deleted", "blocked"}


def _number_of_ways(home: Home, layout: _Layout) -> int:
    main = bool(home.survivor_id and home.survivor_url) or bool(home.open_merge) or _offers_merge(home)
    more = bool(home.identities) or _has_more_merges(home, layout)
    return main + more + _links_profile(home, layout)


def _ways_on(home: Home, layout: _Layout) -> list[Button]:
    buttons: list[Button] = []
    if home.survivor_id and home.survivor_url:
        buttons.append(open_link("survivor", "Open the merged contact", home.survivor_url))
    elif home.open_merge:
        buttons.append(submit(ids.MERGE_CHECK, "Check again"))
    elif _offers_merge(home):
        buttons.append(submit(ids.MERGE_START, "Merge with existing user/lead"))
    more_merges = _has_more_merges(home, layout)
    if home.identities:
        number = len(home.identities)
        label = f"All {number} channels" if number > 1 else "Linked channel"
        buttons.append(submit(ids.CHANNELS, f"{label} and merges" if more_merges else label, style="link"))
    elif more_merges:
        buttons.append(merges_button(home))
    if home.profile_url and _links_profile(home, layout):
        buttons.append(open_link("profile", "Open profile", home.profile_url))
    return buttons


def merges_button(home: Home) -> Button:
    """The way to the merge history."""
    number = len(home.history)
    return submit(ids.HISTORY, f"All {number} merges" if number > 1 else "Merge history", style="link")
