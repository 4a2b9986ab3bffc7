"""What a teammate types may fit the contact in the panel, too: that one was hardly meant."""

from __future__ import annotations

from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import IVY_PHONE, LEAD, OTHER_USER, USER


def test_a_shared_phone_names_the_other_contact(make_contact: MakeContact, open_sidebar: OpenSidebar) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    for this in (lead, user):
        sidebar = open_sidebar(this)
        sidebar.click("merge")
        assert sidebar.click("reference", reference=IVY_PHONE).title == "Compare"


def test_a_phone_of_several_others_lets_the_teammate_choose(
    make_contact: MakeContact, open_sidebar: OpenSidebar
) -> None:
    lead = make_contact(**LEAD)
    users = {make_contact(**USER), make_contact(**OTHER_USER)}
    sidebar = open_sidebar(lead)
    sidebar.click("merge")
    shown = sidebar.click("reference", reference=IVY_PHONE)
    assert (shown.title, "2 contacts have phone" in shown.text) == ("Which one?", True)
    assert {one.removeprefix("merge.pick:") for one in shown.ids if one.startswith("merge.pick:")} == users


def test_a_phone_that_only_this_contact_has_names_nobody_else(
    make_contact: MakeContact, open_sidebar: OpenSidebar
) -> None:
    sidebar = open_sidebar(make_contact(**LEAD))
    sidebar.click("merge")
    assert sidebar.click("reference", reference=IVY_PHONE).title == "That is this contact"
