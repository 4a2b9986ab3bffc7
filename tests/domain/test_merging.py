"""Who may be merged into whom, and with which consents."""

from __future__ import annotations

import pytest

from app.domain.contact import Contact
from app.domain.merging import (
    Consent,
    Decision,
    MergeAllowed,
    MoveInstead,
    PromotionNeeded,
    RefusalCode,
    Refused,
    judge,
    missing_consents,
    shared_identifiers,
)


def contact(contact_id: str, role: str, *, email: str | None = None, phone: str | None = None) -> Contact:
    return Contact(id=contact_id, role=role, email=email, phone=phone)


LEAD = contact("a1", "lead", email="ivy@shop.example")
USER = contact("b2", "user", email="Ivy@Shop.example")
IRREVERSIBLE = frozenset({Consent.IRREVERSIBLE})
BOTH = frozenset({Consent.IRREVERSIBLE, Consent.NOTHING_SHARED})


@pytest.mark.parametrize(
    ("this", "other", "expected"),
    [
        ("lead", "user", MergeAllowed),
        ("user", "lead", MergeAllowed),
        ("lead", "lead", PromotionNeeded),
        ("user", "user", MoveInstead),
        ("visitor", "user", Refused),
        ("lead", "", Refused),
    ],
)
def test_each_pair_of_roles_has_its_decision(this: str, other: str, expected: type[Decision]) -> None:
    assert isinstance(judge(contact("a1", this), contact("b2", other), country=None), expected)


def test_a_lead_goes_into_a_user_whichever_of_them_is_in_the_panel() -> None:
    shown_lead, shown_user = judge(LEAD, USER, country=None), judge(USER, LEAD, country=None)
    assert isinstance(shown_lead, MergeAllowed)
    assert isinstance(shown_user, MergeAllowed)
    assert (shown_lead.lead, shown_lead.user, shown_lead.lead_is_shown) == (LEAD, USER, True)
    assert (shown_user.lead, shown_user.user, shown_user.lead_is_shown) == (LEAD, USER, False)


def test_a_contact_is_never_merged_with_itself() -> None:
    assert judge(LEAD, LEAD, country=None) == Refused(RefusalCode.SAME_CONTACT, LEAD)


def test_a_visitor_in_the_way_is_named() -> None:
    visitor = contact("c3", "visitor")
    assert judge(LEAD, visitor, country=None) == Refused(RefusalCode.UNKNOWN_ROLE, visitor)
    assert judge(visitor, USER, country=None) == Refused(RefusalCode.UNKNOWN_ROLE, visitor)


def test_an_email_is_shared_whatever_its_case() -> None:
    decision = judge(LEAD, USER, country=None)
    assert isinstance(decision, MergeAllowed)
    assert [(one.kind, one.value) for one in decision.shared] == [("email", "Ivy@Shop.example")]
    assert decision.consents == IRREVERSIBLE


@pytest.mark.parametrize(
    ("ours", "theirs", "country", "shared"),
    [
        ("+353 1 555 0123", "+35315550123", None, True),
        ("(01) 555 0123", "+35315550123", "IE", True),
        ("(01) 555 0123", "+35315550123", None, False),
        ("+14155550100", "+14155550101", None, False),
        ("n/a", "n/a", "US", False),
    ],
)
def test_phones_are_shared_when_they_are_one_number(ours: str, theirs: str, country: str | None, shared: bool) -> None:
    found = shared_identifiers(contact("a1", "lead", phone=ours), contact("b2", "user", phone=theirs), country=country)
    assert bool(found) is shared


def test_merging_contacts_that_share_nothing_needs_its_own_yes_and_a_reason() -> None:
    decision = judge(contact("a1", "lead"), contact("b2", "user"), country=None)
    assert isinstance(decision, MergeAllowed)
    assert decision.consents == BOTH
    assert missing_consents(decision, frozenset(), "") == BOTH
    assert missing_consents(decision, BOTH, "  ok ") == {Consent.NOTHING_SHARED}
    assert missing_consents(decision, IRREVERSIBLE, "she told her order number") == {Consent.NOTHING_SHARED}
    assert missing_consents(decision, BOTH, "she told her order number") == frozenset()
