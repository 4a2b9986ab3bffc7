from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.intercom.attributes import with_attributes
from app.intercom.client import Intercom
from app.intercom.errors import Refused
from app.sandbox.server import create_sandbox, serve
from app.sandbox.workspace import Workspace

LEAD = {"role": "lead", "name": "Ivy", "custom_attributes": {"kinbox_channel": "telegram"}}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture
def intercom(workspace: Workspace) -> Iterator[Intercom]:
    server = serve(create_sandbox(workspace))
    yield Intercom(server.url, workspace.token)
    server.stop()


def test_an_attribute_that_is_missing_is_made(intercom: Intercom) -> None:
    made = with_attributes(intercom, LEAD, lambda: intercom.create_contact(LEAD))
    assert made.custom_attributes["kinbox_channel"] == "telegram"


def test_an_attribute_that_somebody_else_makes_meanwhile_is_used(intercom: Intercom) -> None:
    tries = []

    def write() -> str:
        tries.append(1)
        try:
            return intercom.create_contact(LEAD).id
        except Refused:
            intercom.create_data_attribute("kinbox_channel", "Made by another worker")
            raise

    assert with_attributes(intercom, LEAD, write)
    assert len(tries) == 2


def test_another_refusal_is_told_as_it_is(intercom: Intercom, workspace: Workspace) -> None:
    wrong = {"role": "nobody", "custom_attributes": LEAD["custom_attributes"]}
    with pytest.raises(Refused):
        with_attributes(intercom, wrong, lambda: intercom.create_contact(wrong))
    with pytest.raises(Refused):
        with_attributes(intercom, {"role": "nobody"}, lambda: intercom.create_contact({"role": "nobody"}))
