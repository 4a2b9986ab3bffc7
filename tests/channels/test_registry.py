"""The channels that there are, by the names that operators type."""

from __future__ import annotations

from types import ModuleType

import pytest

import app.channels.line
from app.channels import registry
from app.channels.base import Account, Adapter
from app.channels.registry import adapters
from tests.channels.contract_samples import PROVIDERS, Provider
from tests.channels.expected import call

SECRETS = {
    "africastalking": {"username", "api_key"},
    "instagram": {"app_secret", "verify_token", "access_token"},
    "line": {"channel_secret", "channel_access_token"},
    "messagebird": {"signing_key"},
    "messenger": {"app_secret", "verify_token", "access_token"},
    "telegram": {"bot_token", "secret_token"},
    "textmagic": {"username", "api_key"},
    "twilio": {"auth_token", "account_sid"},
    "viber": {"auth_token"},
    "vonage": {"signature_secret", "signature_method", "api_key", "api_secret"},
    "wechat": {"token", "encoding_aes_key", "app_id", "app_secret"},
    "whatsapp": {"app_secret", "verify_token", "access_token"},
}
"""What `channels add --set` takes. Operators rely on these names."""
BY_ID = {"telegram", "instagram", "messenger", "line", "viber", "wechat"}
every_channel = pytest.mark.parametrize("adapter", adapters().values(), ids=list(adapters()))


def test_the_twelve_channels_are_found_in_alphabetical_order() -> None:
    assert list(adapters()) == sorted(SECRETS)


@every_channel
def test_a_channels_secrets_have_the_names_that_operators_know(adapter: type[Adapter]) -> None:
    assert {secret.name for secret in adapter.secrets} == SECRETS[adapter.slug]
    assert len(adapter.secrets) == len(SECRETS[adapter.slug])


@every_channel
def test_a_channel_tells_an_operator_all_that_is_needed(adapter: type[Adapter]) -> None:
    assert all(secret.hint.strip() and not secret.hint.endswith(".") for secret in adapter.secrets)
    assert adapter.title
    assert adapter.provider
    assert adapter.address_hint


@every_channel
def test_a_channel_says_step_by_step_what_to_do_at_its_provider(adapter: type[Adapter]) -> None:
    webhook = "https://kinbox.example.com/channels/x/key"
    assert 3 <= len(adapter.setup) <= 8
    assert all(step.text.strip() == step.text and step.text.endswith(".") for step in adapter.setup)
    samples = [step.sample_for(webhook) for step in adapter.setup]
    assert any(webhook in sample for sample in samples)
    assert "{webhook}" not in "".join(samples)


@every_channel
def test_an_id_is_kept_only_where_people_are_found_by_it(adapter: type[Adapter]) -> None:
    by_id = adapter.slug in BY_ID
    assert (adapter.identified_by, adapter.keeps_id) == (("id", True) if by_id else ("phone", False))


@every_channel
def test_an_adapter_shows_no_secret_and_does_without_any(adapter: type[Adapter]) -> None:
    secrets = dict.fromkeys(SECRETS[adapter.slug], "s3cret-of-somebody")
    assert "s3cret" not in repr(Account(address="1", secrets=secrets))
    assert adapter(Account(address="1")).is_ours("another") is False


def test_a_package_must_offer_one_adapter_and_no_more() -> None:
    line = vars(app.channels.line)
    [one] = [value for value in line.values() if isinstance(value, type) and issubclass(value, Adapter)]
    another = type("Another", (one,), {})
    for offered, fits in (((), False), ((one,), True), ((one, another), False)):
        module = ModuleType("app.channels.example")
        vars(module).update({each.__name__: each for each in (*offered, Adapter)})
        if fits:
            assert registry._adapter_in(module) is one
        else:
            with pytest.raises(TypeError, match="must offer one adapter"):
                registry._adapter_in(module)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_sender_typed_by_an_operator_is_read_as_the_messages_are(provider: Provider) -> None:
    adapter = adapters()[provider.slug](Account(address=provider.address, secrets=provider.secrets))
    body = provider.message(1, provider.address)
    [message] = adapter.parse(call(body, headers={"Content-Type": provider.content_type})).messages
    typed = {adapter.phone_of(one) for one in (message.sender_id, *message.aliases)}
    assert typed - {None} == {message.phone} - {None}
