"""Webhooks: where a message may go, how it is signed, when it is tried again, how it is sent."""
