"""The signature of messages, by the Standard Webhooks: HMAC-SHA256 of id, time and body."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_webhook_secret() -> str:
    """A secret that nobody can guess, as the Standard Webhooks write it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    message_id: str, body: str, at: datetime, signing: Sequence[str]
) -> Mapping[str, str]:
    """The headers of a message that is sent ``at`` a time, signed with each secret."""
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in signing]
    return {
        "content-type": "application/json",
        "user-agent": "Tertius-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
