"""One transaction of a store in a process of its own, between two marks for whoever traces it.

python -m tests.app.store.synced_commit FOLDER
"""

import asyncio
import os
import sys
from pathlib import Path

import sqlalchemy as sa

from app.settings import Settings
from app.store.engine import Store

BEGUN, ANSWERED = "transaction begun", "transaction answered"


async def main(folder: Path) -> None:
    store = Store(Settings(data=folder))
    async with store.write() as connection:
        await connection.execute(sa.text("CREATE TABLE notes (note TEXT)"))
    os.write(2, BEGUN.encode())
    async with store.write() as connection:
        await connection.execute(sa.text("INSERT INTO notes VALUES ('a')"))
    os.write(2, ANSWERED.encode())
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
