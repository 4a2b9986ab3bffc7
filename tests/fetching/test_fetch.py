"""Which addresses are called with which headers, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from app.channels.base import Fetch, MediaPlan, ProfilePlan
from app.deadline import Deadline
from app.fetching import Refused, fetch, fetch_name

HOST = "media.example.com"
URL = f"https://{HOST}/v1/photo"
TOKEN = "Bearer s3cret-of-the-provider"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16


@pytest.fixture(autouse=True)
def provider() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def plan(url: str = URL, *hosts: str) -> MediaPlan:
    return MediaPlan(first=Fetch(url=url, hosts=frozenset(hosts or {HOST}), headers={"Authorization": TOKEN}))


def soon() -> Deadline:
    return Deadline.after(5)


def reason_of(wanted: MediaPlan, **options: Any) -> str:
    with pytest.raises(Refused) as refused:
        fetch(wanted, deadline=soon(), **options)
    return refused.value.reason


def test_a_file_comes_with_its_type_and_a_name(provider: responses.RequestsMock) -> None:
    provider.get(URL, body=PNG, content_type="image/png; charset=binary")
    got = fetch(plan(), deadline=soon())
    assert (got.content, got.content_type, got.name) == (PNG, "image/png", "attachment.png")
    assert provider.calls[0].request.headers["Authorization"] == TOKEN
    assert "python-requests" not in provider.calls[0].request.headers["User-Agent"]


def test_a_plan_of_two_steps_reads_the_address_out_of_the_first_answer(provider: responses.RequestsMock) -> None:
    provider.get(URL, json={"url": "https://cdn.example.com/x"})
    provider.get("https://cdn.example.com/x", body=b"%PDF-1.7", content_type="application/pdf")
    first = Fetch(url=URL, hosts=frozenset({HOST}), headers={"Authorization": TOKEN})
    then = lambda read: Fetch(url=read["url"], hosts=frozenset({"cdn.example.com"}))  # noqa: E731
    got = fetch(MediaPlan(first=first, then=then), name="Invoice May", deadline=soon())
    assert got.name == "Invoice May.pdf"
    assert "Authorization" not in provider.calls[1].request.headers


@pytest.mark.parametrize("body", ["{}", "[]", "not json", '{"url": 7}', '"text"', "null", "[" * 20000])
def test_a_first_answer_that_leads_nowhere_is_unreadable(provider: responses.RequestsMock, body: str) -> None:
    provider.get(URL, body=body)
    then = lambda read: Fetch(url=read["url"].strip(), hosts=frozenset({HOST}))  # noqa: E731
    assert reason_of(MediaPlan(first=plan().first, then=then)) == "unreadable"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://media.example.com/x", "not_https"),
        ("ftp://media.example.com/x", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("/just/a/path", "not_https"),
        ("", "not_https"),
        ("https://evil.example/x", "not_allowed_host"),
        ("https://media.example.com.evil.example/x", "not_allowed_host"),
        ("https://evilmedia.example.com/x", "not_allowed_host"),
        ("https://media.example.com@evil.example/x", "not_allowed_host"),
        ("https://evil.example\\@media.example.com/x", "not_allowed_host"),
        ("https://user:word@media.example.com/x", "not_allowed_host"),
        ("https://media.example.com:8443/x", "not_allowed_host"),
        ("https://media.example.com:x/x", "not_allowed_host"),
        ("https://[::1/x", "not_allowed_host"),
        ("https:///x", "not_allowed_host"),
        ("https://127.0.0.1/x", "not_allowed_host"),
        ("https://MEDIA.example.com.\u2024evil.example/x", "not_allowed_host"),
    ],
)
def test_no_other_address_is_ever_called(provider: responses.RequestsMock, url: str, reason: str) -> None:
    assert reason_of(plan(url)) == reason
    assert len(provider.calls) == 0


def test_a_host_with_a_dot_stands_for_its_subdomains_only(provider: responses.RequestsMock) -> None:
    provider.get("https://a.b.cdn.example/x", body=b"GIF89a", content_type="image/gif")
    assert fetch(plan("https://a.b.cdn.example/x", ".cdn.example"), deadline=soon()).name == "attachment.gif"
    assert reason_of(plan("https://cdn.example/x", ".cdn.example")) == "not_allowed_host"
    assert reason_of(plan("https://evilcdn.example/x", ".cdn.example")) == "not_allowed_host"


@pytest.mark.parametrize("url", [f"https://{HOST}:443/v1/photo", "https://MEDIA.EXAMPLE.COM/v1/photo"])
def test_the_same_host_in_another_spelling_is_fine(provider: responses.RequestsMock, url: str) -> None:
    provider.get(url, body=PNG, content_type="image/png")
    assert fetch(plan(url), deadline=soon()).content == PNG


def redirect(provider: responses.RequestsMock, url: str, to: str, status: int = 302) -> None:
    provider.get(url, status=status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["https://cdn.example.com/x", f"https://{HOST}/elsewhere", "/elsewhere"])
def test_credentials_stay_behind_on_every_redirect(provider: responses.RequestsMock, status: int, to: str) -> None:
    redirect(provider, URL, to, status)
    provider.get(f"https://{HOST}{to}" if to.startswith("/") else to, body=PNG, content_type="image/png")
    assert fetch(plan(URL, HOST, "cdn.example.com"), deadline=soon()).content == PNG
    first, second = (call.request.headers for call in provider.calls)
    assert first["Authorization"] == TOKEN
    assert "Authorization" not in second


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("https://evil.example/x", "not_allowed_host"),
        ("//evil.example/x", "not_allowed_host"),
        ("http://media.example.com/x", "not_https"),
        ("http://127.0.0.1:1/x", "not_https"),
        ("https://[::1", "not_allowed_host"),
    ],
)
def test_a_redirect_leads_to_the_plans_hosts_only(provider: responses.RequestsMock, to: str, reason: str) -> None:
    redirect(provider, URL, to)
    assert reason_of(plan()) == reason
    assert len(provider.calls) == 1


def test_three_redirects_are_followed_and_no_fourth(provider: responses.RequestsMock) -> None:
    for number in range(4):
        redirect(provider, f"https://{HOST}/{number}", f"/{number + 1}")
    provider.get(f"https://{HOST}/4", body=PNG, content_type="image/png")
    assert fetch(plan(f"https://{HOST}/1"), deadline=soon()).content == PNG
    assert reason_of(plan(f"https://{HOST}/0")) == "unreadable"


@pytest.mark.parametrize(
    ("status", "reason", "passes"),
    [
        (404, "expired", False),
        (410, "expired", False),
        (401, "forbidden", False),
        (403, "forbidden", False),
        (400, "forbidden", False),
        (429, "unavailable", True),
        (500, "unavailable", True),
        (503, "unavailable", True),
        (304, "unreadable", False),
    ],
)
def test_a_refusal_says_whether_trying_again_helps(
    provider: responses.RequestsMock, status: int, reason: str, passes: bool
) -> None:
    provider.get(URL, status=status)
    with pytest.raises(Refused) as refused:
        fetch(plan(), deadline=soon())
    assert (refused.value.reason, refused.value.retryable) == (reason, passes)


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not(provider: responses.RequestsMock) -> None:
    provider.get(URL, body=b"x" * 1000)
    assert len(fetch(plan(), deadline=soon(), max_bytes=1000).content) == 1000
    assert reason_of(plan(), max_bytes=999) == "too_big"


def test_nothing_is_called_once_the_time_is_over(provider: responses.RequestsMock) -> None:
    with pytest.raises(Refused) as refused:
        fetch(plan(), deadline=Deadline.after(0))
    assert refused.value.reason == "timeout"
    assert len(provider.calls) == 0


def test_a_stand_in_takes_the_place_of_every_host(provider: responses.RequestsMock) -> None:
    base = "http://127.0.0.1:9999/providers"
    redirect(provider, f"{base}/{HOST}/v1/photo", "https://cdn.example.com/x?a=b")
    redirect(provider, f"{base}/cdn.example.com/x", f"{base}/{HOST}/last")
    provider.get(f"{base}/{HOST}/last", body=PNG, content_type="image/png")
    got = fetch(plan(URL, HOST, "cdn.example.com"), provider_url=base, deadline=soon())
    assert got.content == PNG
    assert "Authorization" not in provider.calls[1].request.headers


def test_a_stand_in_opens_no_further_host(provider: responses.RequestsMock) -> None:
    base = "http://127.0.0.1:9999"
    redirect(provider, f"{base}/{HOST}/v1/photo", f"{base}/evil.example/x")
    assert reason_of(plan(), provider_url=base) == "not_allowed_host"


def name_plan() -> ProfilePlan:
    return ProfilePlan(fetch=plan().first, name=lambda read: read["name"] or None)


def test_a_profile_tells_the_name_or_that_there_is_none(provider: responses.RequestsMock) -> None:
    provider.get(URL, json={"name": "Maya"})
    assert fetch_name(name_plan(), deadline=soon()) == "Maya"
    provider.replace(responses.GET, URL, json={"name": ""})
    assert fetch_name(name_plan(), deadline=soon()) is None


@pytest.mark.parametrize("body", ["<html>", "{}", "[]"])
def test_a_profile_that_nobody_can_read_is_refused(provider: responses.RequestsMock, body: str) -> None:
    provider.get(URL, body=body)
    with pytest.raises(Refused) as refused:
        fetch_name(name_plan(), deadline=soon())
    assert refused.value.reason == "unreadable"


def test_no_address_name_or_token_shows_in_errors_logs_or_reprs(
    provider: responses.RequestsMock, log_lines: list[dict[str, Any]]
) -> None:
    provider.get(f"{URL}?token=s3cret", status=404)
    with pytest.raises(Refused) as refused:
        fetch(plan(f"{URL}?token=s3cret"), name="Maya's passport.pdf", deadline=soon())
    provider.get(URL, body=PNG, content_type="image/png")
    got = fetch(plan(), name="Maya's passport.png", deadline=soon())
    told = f"{refused.value!r} {refused.value} {got!r} {plan()!r} {log_lines}"
    assert HOST in str(log_lines)
    for secret in ("s3cret", "Maya", "/v1/photo"):
        assert secret not in told
