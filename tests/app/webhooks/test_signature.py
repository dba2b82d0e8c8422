"""What is signed here is verified by what receivers use."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.webhooks.signature import new_webhook_secret, signed_headers


def test_a_receiver_verifies_and_nothing_may_be_changed() -> None:
    secret, body = new_webhook_secret(), '{"data": "Ä"}'
    headers = dict(signed_headers("m1", body, datetime.now(UTC), [secret]))
    assert Webhook(secret).verify(body, headers) == {"data": "Ä"}
    for altered in ({"webhook-id": "m2"}, {"webhook-timestamp": "1"}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers | altered)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + " ", headers)


def test_secrets_are_long_and_no_two_are_equal() -> None:
    first, second = new_webhook_secret(), new_webhook_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32
