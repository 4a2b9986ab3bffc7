"""Every answer that the sidebar can show, with one text wherever somebody outside Kinbox could have put it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain import answers
from app.domain import identity_answers as told
from app.domain.comparison import compare
from app.domain.contact import Contact
from app.domain.identity import LinkedIdentity, Match
from app.domain.merging import (
    Consent,
    MergeAllowed,
    MoveInstead,
    PromotionNeeded,
    RefusalCode,
    Refused,
    SharedIdentifier,
)
from app.sidebar import channels, confirm, failures, home, merge_form, move, promote, refusal, result, target
from app.sidebar import compare as compare_screens
from app.sidebar.parts import TROUBLES
from app.sidebar.screen import Screen

AT = datetime(2026, 11, 22, 22, 10, tzinfo=UTC)
ZONE = "Pacific/Chatham"
URL = "https://app.intercom.com/a/apps/wk7test1/users/aaaabbbbccccddddeeee0001"
RULES = ("phone", "channel_id", "known_contact", "new_lead", "teammate", "merged", "imported", "another")


def contact(text: str, role: str = "lead", contact_id: str = "aaaabbbbccccddddeeee0001", **more: Any) -> Contact:
    fields: dict[str, Any] = {"name": text, "email": text, "phone": text, "external_id": text}
    attributes = {text: text, "plan": text, "": "an attribute without a name", "kinbox_channel": "whatsapp"}
    return Contact(id=contact_id, role=role, **{**fields, "custom_attributes": attributes, **more})


def identity(text: str, number: int = 1, rule: str | None = "phone", others: int = 2) -> LinkedIdentity:
    return LinkedIdentity(
        id=number,
        channel="whatsapp" if number % 2 else text,
        account_name=text,
        sender_id=text,
        handle=None if number % 3 == 0 else text,
        display_name=text,
        last_message_at=AT if number % 4 else None,
        match=Match(rule, text, (text,) * others) if rule else None,
        is_paused=number % 5 == 0,
    )


def past_merge(text: str, *, into: str = "aaaabbbbccccddddeeee0001", state: str = "done") -> answers.PastMerge:
    return answers.PastMerge(
        lead_id="b" * 24, user_id=into, state=state, lead_label=text, user_label=text, by=text, at=AT
    )


def home_of(text: str, **more: Any) -> answers.Home:
    return answers.Home(
        **{
            "contact": contact(text),
            "profile_url": URL,
            "timezone": ZONE,
            "identities": tuple(identity(text, number) for number in range(1, 5)),
            "history": (past_merge(text), past_merge(text, into="c" * 24)),
            **more,
        }
    )


def homes(text: str) -> Iterator[tuple[str, answers.Home]]:
    """The first screen in every state."""
    yield "full", home_of(text)
    yield "bare", answers.Home(contact=contact(text), profile_url=None, timezone=ZONE)
    yield "merged", home_of(text, survivor_id="c" * 24, survivor_url=URL, survivor_label=text)
    yield "merged, unnamed", home_of(text, survivor_id="c" * 24, survivor_url=URL)
    yield "not connected", home_of(text, connected=False)
    yield "open merge", home_of(text, open_merge=past_merge(text, state="sent"))
    yield "may not merge", home_of(text, may_merge=False)
    yield "one merge only", home_of(text, identities=(), history=(past_merge(text),))
    for gone in ("archived", "blocked", "deleted", "erased", text):
        yield f"gone: {gone}", home_of(text, gone=gone, contact=contact(text, unsubscribed_from_emails=True))
    yield "unknown role", home_of(text, contact=contact(text, role=text))
    for code in (text, None, "intercom_422_parameter_invalid"):
        yield f"failed: {code}", home_of(text, failed=answers.FailedLately(120, code))
        yield (
            f"failed: {code}, open",
            home_of(text, failed=answers.FailedLately(1, code), open_merge=past_merge(text, state="sent")),
        )
        yield f"failed: {code}, may not", home_of(text, failed=answers.FailedLately(1, code), may_merge=False)
    for rule in (*RULES, None):
        for others in (0, 1, 12):
            yield f"by {rule}, {others}", home_of(text, identities=(identity(text, rule=rule, others=others),))


def allowed(text: str, *, shared: bool = True, lead_is_shown: bool = True) -> MergeAllowed:
    consents = {Consent.IRREVERSIBLE} if shared else {Consent.IRREVERSIBLE, Consent.NOTHING_SHARED}
    both = (SharedIdentifier("email", text), SharedIdentifier("phone", text)) if shared else ()
    lead, user = contact(text), contact(f"{text} too", "user", "c" * 24)
    return MergeAllowed(lead, user, both, frozenset(consents), lead_is_shown)


def compared(text: str, conversations: int | None = 3, **more: Any) -> answers.Compared:
    pair = allowed(text, **more)
    return answers.Compared(
        allowed=pair,
        comparison=compare(pair.lead, pair.user, conversations=conversations),
        lead_url=URL,
        user_url=URL,
    )


def suggestions(text: str, number: int = 8) -> tuple[answers.Suggestion, ...]:
    return tuple(
        answers.Suggestion(contact(text, contact_id=f"{one:024x}"), (f"same phone {text}", text))
        for one in range(number)
    )


def screens(text: str) -> Iterator[tuple[str, Screen]]:
    """Every screen of the sidebar, in every variant, by the name of the function that makes it."""
    for _, one in homes(text):
        yield "home_screen", home.home_screen(one)
        yield "home_screen", home.home_screen(one, notice="That view was out of date, so nothing was changed.")
        yield "channels_screen", channels.channels_screen(one)
        yield "history_screen", home.history_screen(one)
    yield from _naming(text)
    yield from _comparing(text)
    yield from _promoting_and_moving(text)
    yield from _about_channels(text)
    yield from _about_failures(text)
    yield from _refusing(text)
    yield from _results(text)


def _naming(text: str) -> Iterator[tuple[str, Screen]]:
    for found in (suggestions(text), (), answers.IntercomTrouble(code="slow"), answers.IntercomTrouble(code=text)):
        yield "merge_form_screen", merge_form.merge_form_screen(answers.MergeForm(contact(text), found))
    nobody = answers.NobodyFound(text, "No contact of this workspace has this as its email.")
    yield "nobody_screen", merge_form.nobody_screen(nobody)
    yield "nobody_screen", merge_form.nobody_screen(nobody, suggestions(text))
    for number in (1, 2, 50):
        yield "several_screen", merge_form.several_screen(answers.SeveralFound(text, suggestions(text, number)))


def _comparing(text: str) -> Iterator[tuple[str, Screen]]:
    for shared in (True, False):
        for lead_is_shown in (True, False):
            for conversations in (None, 0, 1, 12):
                one = compared(text, conversations, shared=shared, lead_is_shown=lead_is_shown)
                yield "compare_screen", compare_screens.compare_screen(one)
        pair = allowed(text, shared=shared)
        yield "confirm_screen", confirm.confirm_screen(pair)
        owed = confirm.confirm_screen(pair, given=pair.consents, reason=text, owed=pair.consents)
        yield "confirm_screen", owed


def _promoting_and_moving(text: str) -> Iterator[tuple[str, Screen]]:
    needed = PromotionNeeded(contact(text), contact(text, contact_id="d" * 24))
    bare = PromotionNeeded(contact(text, email=None), contact(text, email=None, contact_id="d" * 24))
    for pair in (needed, bare):
        yield "promotion_screen", promote.promotion_screen(answers.PromotionOffered(needed=pair))
        for code in ("consent_owed", "identifier_needed", "identifier_taken", "holder_archived"):
            for holder in (None, "e" * 24):
                refused = answers.PromotionRefused(
                    needed=pair, promote_id="d" * 24, code=code, typed=text, holder_id=holder
                )
                yield "promotion_refused_screen", promote.promotion_refused_screen(refused)
    users = MoveInstead(contact(text, "user"), contact(text, "user", "d" * 24))
    for linked in ((), (identity(text), identity(text, 2))):
        yield "move_offer_screen", move.move_offer_screen(answers.MoveOffered(pair=users, identities=linked))
    moved = answers.IdentityMoved(identity=identity(text), to_contact=users.other, from_contact_id="d" * 24)
    yield "moved_screen", move.moved_screen(moved)
    yield "moved_screen", move.moved_screen(replace(moved, undone=True))


def _about_channels(text: str) -> Iterator[tuple[str, Screen]]:
    for rule in (*RULES, None):
        yield "identity_screen", channels.identity_screen(identity(text, rule=rule), ZONE)
    yield "unlinked_screen", channels.unlinked_screen(told.IdentityUnlinked(identity=identity(text), at=AT))
    yield "linked_again_screen", channels.linked_again_screen(told.IdentityLinkedAgain(identity(text)))
    yield "not_moved_screen", channels.not_moved_screen(answers.IdentityNotMoved())
    for found in ((), suggestions(text, 30)):
        for number in (0, 1, 3):
            others = told.RunnersUp(identity=identity(text), candidates=found[:8], gone=number, unread=number)
            yield "runners_up_screen", target.runners_up_screen(others)
        for problem in (None, "No contact of this workspace has this as its email."):
            form = told.TargetForm(identity=identity(text), typed=text, problem=problem, candidates=found)
            yield "target_form_screen", target.target_form_screen(form)
    for person in (contact(text, text), contact(text, "user", email=None, phone=None, name=None)):
        named = told.TargetNamed(identity=identity(text), target=person)
        yield "target_confirm_screen", target.target_confirm_screen(named)
    for reason in reasons_of(answers.GoneReason):
        yield "target_gone_screen", target.target_gone_screen(answers.Gone(contact_id=text, reason=reason))
    for code in (*TROUBLES, text):
        for until in (None, AT):
            trouble = answers.IntercomTrouble(code=code, wait_until=until)
            yield "target_trouble_screen", target.target_trouble_screen(trouble, ZONE)


def _about_failures(text: str) -> Iterator[tuple[str, Screen]]:
    messages = tuple(
        told.FailedMessage(event_id=number, channel=channel, account_name=text, code=code, received_at=AT)
        for number, (channel, code) in enumerate((("whatsapp", "Refused"), (text, text), ("twilio", "intercom_403_x")))
    )
    for listed in ((), messages[:1], messages):
        for more in (0, 90):
            failed = told.FailedMessages(listed, len(listed) + more)
            yield "failed_messages_screen", failures.failed_messages_screen(failed, ZONE)
    for number in (0, 1, 2):
        yield "messages_retried_screen", failures.messages_retried_screen(told.MessagesRetried(number))


def _refusing(text: str) -> Iterator[tuple[str, Screen]]:
    for refused in RefusalCode:
        yield "refused_screen", refusal.refused_screen(Refused(refused, contact(text)))
    for reason in reasons_of(answers.GoneReason):
        for survivor in (None, "c" * 24):
            for panel in (True, False):
                gone = answers.Gone(
                    contact_id=text,
                    reason=reason,
                    survivor_id=survivor,
                    survivor_url=URL if survivor else None,
                    is_panel_contact=panel,
                )
                yield "gone_screen", refusal.gone_screen(gone)
    for code in (*TROUBLES, text):
        for until in (None, AT):
            for done in answers.Done:
                trouble = answers.IntercomTrouble(code=code, wait_until=until, done=done)
                yield "trouble_screen", refusal.trouble_screen(trouble, ZONE)
    yield "fault_screen", refusal.fault_screen("Something went wrong inside Kinbox.", "0BADCAFE")


def _results(text: str) -> Iterator[tuple[str, Screen]]:
    for verified, already, repaired in ((True, False, ()), (True, True, (text, "phone")), (False, False, ())):
        merged = answers.Merged(
            lead_label=text,
            user_label=text,
            user_id="c" * 24,
            user_url=URL,
            by=text,
            at=AT,
            verified=verified,
            already=already,
            repaired=repaired,
        )
        yield "merged_screen", result.merged_screen(merged, ZONE)
    for same_pair in (True, False):
        yield "under_way_screen", result.under_way_screen(answers.MergeUnderWay(by=text, same_pair=same_pair))
    yield "in_doubt_screen", result.in_doubt_screen(answers.MergeInDoubt(by=text, since=AT), ZONE)
    for code in (*result._FAILURES, text):
        for retryable, until in ((True, AT), (True, None), (False, None)):
            failed = answers.MergeFailed(code=code, retryable=retryable, wait_until=until)
            yield "failed_screen", result.failed_screen(failed, ZONE)


def reasons_of(kind: type) -> Sequence[str]:
    return [value for name, value in vars(kind).items() if name.isupper()]
