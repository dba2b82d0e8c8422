"""Ids of what the server makes: 32 hexadecimal digits that sort by time of creation."""

import re
import secrets
import time

ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """A new id: 48 bits of milliseconds, 80 bits that nobody can guess."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def is_id(text: str) -> bool:
    """Whether ``text`` could be one of our ids."""
    return ID.fullmatch(text) is not None
