"""How every connection to a file of SQLite is set up."""

from typing import Any

PRAGMAS = ("journal_mode=TRUNCATE", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def set_up(connection: Any, _: Any) -> None:
    """Durable at power loss, and what is deleted is overwritten.

    No write-ahead log: several writing processes can corrupt the one of the SQLite at hand.
    """
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
