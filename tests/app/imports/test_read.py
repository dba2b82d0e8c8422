"""Files as a whole: what is read of any bytes, how long it takes, and what is refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest

from app.errors import Invalid
from app.imports.read import read_table
from schemas import limits
from tests.app.imports.files import PEOPLE, csv_of, parts_of, refused, xlsx_of, zip_of

FUZZED, PEOPLE_READ = (5_000, 10_000) if os.environ.get("TERTIUS_SOAK") else (200, 2_000)
SECONDS_EACH = 10
"""Far more than any takes, for machines that are busy."""
ODD = (
    b'"', b",", b";", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"sep=;\n", b"<", b"&", b'r="',
    b"</row>", b"<row>", b"<c>", b"<v>-1</v>", b' hidden="1"', b"PK\1\2", b"\xc3", b"9" * 400,
)  # fmt: skip
"""What is put anywhere."""


def test_a_file_at_the_limit_is_read_and_one_beyond_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = b"Name,Age\nAnn,3\n"
    monkeypatch.setattr(limits, "FILE_BYTES", len(raw))
    assert len(read_table(raw).rows) == 1
    assert refused(raw + b"x").startswith("file_too_large: the file is larger than")


def test_the_limit_is_told() -> None:
    assert "larger than 20 MiB" in refused(bytes(limits.FILE_BYTES + 1), "guests.csv")


def test_nothing_that_is_refused_is_quoted() -> None:
    secret = "ann@example.org"
    for text in (f"{secret},x\n", f'Name,b\n"{secret},c\n', f"Name\n{secret}{'x' * 40_000}\n"):
        assert secret not in refused(text)


def test_the_same_bytes_give_the_same_table() -> None:
    assert read_table(xlsx_of()) == read_table(xlsx_of())


@pytest.mark.parametrize("seed", range(10))
def test_whatever_the_bytes_are_there_is_a_table_or_a_sentence(seed: int) -> None:
    random = Random(seed)
    read, sentences = 0, []
    for _ in range(FUZZED // 10):
        raw = random.choice((_broken_text, _broken_workbook, _broken_archive))(random)
        began = monotonic()
        try:
            table = read_table(raw, random.choice(("a.csv", "a.xlsx", "")))
        except Invalid as refusal:
            sentences.append(refusal.errors[0].message)
        else:
            read += 1
            assert all(len(row) == len(table.header) for row in table.rows)
            assert len(table.numbers) == len(table.rows)
            assert str(table).encode()  # no half characters
        assert monotonic() - began < SECONDS_EACH
    assert read
    assert all(sentences)


def _broken_text(random: Random) -> bytes:
    encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"))
    text = csv_of(PEOPLE * random.randint(1, 4), random.choice(",;\t|"))
    return _mutated(text.encode(encoding), random)


def _broken_workbook(random: Random) -> bytes:
    """An archive that is sound, of parts that are not."""
    parts = parts_of(WORKBOOK)
    for _ in range(random.randint(1, 3)):
        name = random.choice(sorted(parts))
        parts[name] = _mutated(parts[name], random)
        if random.random() < 0.1:
            del parts[name]
    return zip_of(parts)


def _broken_archive(random: Random) -> bytes:
    return _mutated(WORKBOOK, random)


def _mutated(raw: bytes, random: Random) -> bytes:
    """The bytes with a few changes: some flipped, cut out, repeated or put in."""
    changes: tuple[Callable[[bytes, int, int], bytes], ...] = (
        lambda raw, a, _: raw[:a] + bytes([random.randrange(256)]) + raw[a + 1 :],
        lambda raw, a, b: raw[:a] + raw[b:],
        lambda raw, a, b: raw[:b] + raw[a:b] * random.choice((1, 30)) + raw[b:],
        lambda raw, a, _: raw[:a] + random.choice(ODD) + raw[a:],
        lambda raw, a, _: raw[:a],
    )
    for _ in range(random.choice((0, 1, 2, 8))):
        a, b = sorted(random.randrange(len(raw) + 1) for _ in "ab")
        raw = random.choices(changes, (8, 2, 1, 8, 1))[0](raw, a, min(b, a + 64))
    return raw


def _hide(_: Any, sheet: Any) -> None:
    sheet.set_column("C:C", None, None, {"hidden": True})


WORKBOOK = xlsx_of([*PEOPLE, ("Ann", 3.5, True)], _hide)

MEASURED = """
import re, sys, time
from app.imports.read import read_table
raw = open(sys.argv[1], "rb").read()
began = time.process_time()
table = read_table(raw)
print(len(table.rows), time.process_time() - began)
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.mark.parametrize(("kind", "seconds"), [("csv", 2), ("xlsx", 10)])
def test_thousands_of_people_take_seconds_and_little_memory(
    kind: str, seconds: float, tmp_path: Path
) -> None:
    header = ["Name", "Email", *(f"Question {k}, please?" for k in range(18))]
    rows = [
        [f"Person {k}", f"p{k}@example.org", *(f"answer {k}, {j} für Köln" for j in range(18))]
        for k in range(PEOPLE_READ)
    ]
    made = csv_of([header, *rows]).encode() if kind == "csv" else xlsx_of([header, *rows])
    path = tmp_path / f"people.{kind}"
    path.write_bytes(made)
    told = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(told[0]) == PEOPLE_READ
    assert float(told[1]) < seconds
    assert int(told[2]) < 300
