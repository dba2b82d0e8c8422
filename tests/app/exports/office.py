"""LibreOffice, where it is installed: what it makes of our files."""

import csv
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

UTF8_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"
"""Commas, quotation marks, UTF-8 whatever the machine's own."""
PROFILE = Path(tempfile.gettempdir(), f"office-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
"""Two that run at once must not share one; a new one takes long to make."""
NEEDS_OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)


def converted(content: bytes, kind: str, folder: Path) -> Path:
    """A workbook as LibreOffice opens it and writes it again: xlsx, or the first sheet as csv."""
    path, out = folder / "in.xlsx", folder / kind
    path.write_bytes(content)
    wanted = UTF8_CSV if kind == "csv" else kind
    command = ["soffice", "--headless", f"-env:UserInstallation={PROFILE.as_uri()}"]
    command += ["--convert-to", wanted, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / f"in.{kind}"


def shown(content: bytes, folder: Path) -> list[list[str]]:
    """The cells of the first sheet as LibreOffice shows them."""
    text = converted(content, "csv", folder).read_text(encoding="utf-8")
    return [*csv.reader(text.splitlines(keepends=True))]
