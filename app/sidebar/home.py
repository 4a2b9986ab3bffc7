"""The first screen: who this is, why we think so, the linked channels, and the way to a merge.

Inbox rules for a first canvas: at most 400 px, no primary button, no relative time.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.answers import Home, PastMerge
from app.domain.identity import LinkedIdentity, Match
from app.sidebar import ids
from app.sidebar.parts import (
    CHANNELS,
    back_home,
    channel_item,
    date,
    footer,
    header,
    muted,
    name,
    open_link,
    role,
    strong,
    submit,
    table,
)
from app.sidebar.screen import Screen
from canvas_components import Button, Component, Item, List, Text, plain

_CHANNELS_SHOWN = 2


def home_screen(home: Home, *, notice: str | None = None) -> Screen:
    """`notice` is a sentence of ours about what just happened."""
    shown: list[Component] = [Text(text=notice)] if notice else []
    shown.append(header(_state(home)))
    shown += table(_facts(home))
    shown += [muted(sentence) for sentence in _explanations(home)]
    if home.identities:
        shown.append(List(items=_channel_items(home.identities[:_CHANNELS_SHOWN], home.timezone)))
    if home.history and not home.survivor_id:
        shown.append(muted(_last_merge(home)))
    return Screen([*shown, *footer(*_ways_on(home))])


def channels_screen(home: Home) -> Screen:
    """Every linked channel, and why each is linked."""
    shown: list[Component] = [header("Linked channels")]
    if home.identities:
        shown.append(List(items=_channel_items(home.identities, home.timezone)))
        shown += [muted(f"{name(one.account_name)}: {why(one.match, one)}") for one in home.identities]
    else:
        shown.append(muted("No channel is linked to this contact."))
    return Screen([*shown, *footer(back_home())])


def history_screen(home: Home) -> Screen:
    """Every merge of this contact that Kinbox made."""
    shown: list[Component] = [header("Merge history")]
    shown += [Text(text=_past(merge, home)) for merge in home.history]
    if not home.history:
        shown.append(muted("Kinbox has merged nothing into this contact."))
    return Screen([*shown, *footer(back_home())])


def _state(home: Home) -> str:
    if home.survivor_id:
        return "Merged"
    if not home.connected:
        return "Not connected"
    if home.open_merge:
        return "Merge not confirmed yet"
    if not home.identities:
        return "Not from a channel"
    match = home.identities[0].match
    if match and match.runners_up:
        return "Several matches"
    return "New lead" if match and match.rule == "new_lead" else "Matched"


def _facts(home: Home) -> list[tuple[str, str | None]]:
    contact = home.contact
    return [
        ("Name", contact.name or "No name"),
        ("Role", role(contact)),
        ("Phone", contact.phone or "None"),
        ("Email", contact.email or "None"),
    ]


def _explanations(home: Home) -> Iterable[str]:
    if home.survivor_id:
        into = f"into {strong(home.survivor_label)}" if home.survivor_label else "into another contact"
        yield f"This contact was merged {into}. New messages go there."
    elif not home.connected:
        yield "Kinbox has no access token for this workspace. An admin can connect it again."
    elif home.open_merge:
        merge = home.open_merge
        yield (
            f"{name(merge.by)} asked to merge {strong(merge.lead_label)} into {strong(merge.user_label)}. "
            "Intercom has not said yet whether it happened."
        )
    elif home.identities:
        yield why(home.identities[0].match, home.identities[0])
    else:
        yield "No message of this contact came in through Kinbox."
    if home.connected and not home.may_merge:
        yield "Only some teammates may merge in this workspace, and you are not among them."


def why(match: Match | None, identity: LinkedIdentity) -> str:
    """Why this identity is linked to this contact, in a sentence."""
    if match is None:
        return "Linked before Kinbox kept reasons."
    value = plain(match.value, limit=60)
    others = len(match.runners_up)
    channel = CHANNELS.get(identity.channel, "channel")
    sentences = {
        "phone": f"Matched by phone {value}{_others(others, 'have this number', 'has this number')}.",
        "channel_id": f"Matched by {channel} id {value}{_others(others, 'have this id', 'has this id')}.",
        "known_contact": f"Matched with a contact that Kinbox made just before, by {value}.",
        "new_lead": "Nobody matched, so Kinbox made this lead.",
        "teammate": f"Linked to this contact by {value}.",
        "merged": f"Came here with a merge by {value}.",
    }
    return sentences.get(match.rule, "Linked by Kinbox.")


def _others(number: int, several: str, one: str) -> str:
    if number == 0:
        return ""
    return f"; {number} others {several}" if number > 1 else f"; 1 other {one}"


def _channel_items(identities: Iterable[LinkedIdentity], timezone: str) -> list[Item]:
    return [channel_item(identity, timezone) for identity in identities]


def _last_merge(home: Home) -> str:
    return _past(home.history[0], home)


def _past(merge: PastMerge, home: Home) -> str:
    when = date(merge.at, home.timezone)
    if merge.user_id == home.contact.id:
        return f"Lead {strong(merge.lead_label)} was merged into this user by {name(merge.by)} on {when}."
    return f"Merged into {strong(merge.user_label)} by {name(merge.by)} on {when}."


def _ways_on(home: Home) -> list[Button]:
    buttons: list[Button] = []
    if home.survivor_id and home.survivor_url:
        buttons.append(open_link("survivor", "Open the merged contact", home.survivor_url))
    elif home.open_merge:
        buttons.append(submit(ids.MERGE_CHECK, "Check again"))
    elif home.connected and home.may_merge:
        buttons.append(submit(ids.MERGE_START, "Merge with existing user/lead"))
    if len(home.identities) > _CHANNELS_SHOWN:
        buttons.append(submit(ids.CHANNELS, f"All {len(home.identities)} channels", style="link"))
    if len(home.history) > 1:
        buttons.append(submit(ids.HISTORY, f"All {len(home.history)} merges", style="link"))
    if home.profile_url and not home.survivor_id:
        buttons.append(open_link("profile", "Open profile", home.profile_url))
    return buttons
