"""An Intercom whose answers are given by the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from app.intercom.client import Intercom

API = "https://api.intercom.test"


@pytest.fixture
def api() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def intercom() -> Intercom:
    return Intercom(API, "tok_s3cret")
