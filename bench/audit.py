"""Asks whether holes are known in what the lock names, and says of what it could not be asked.

Where the service that knows of them is not reached, or does not know a package, pip-audit passes
over it. Here that is no pass: exit code 0 if all was asked about and nothing is known, 1 if
something is, 3 if something could not be asked about (0 with --may-be-offline, said as plainly).

python -m bench.audit [--may-be-offline]
"""

import argparse
import subprocess
import sys
from typing import Any, NamedTuple

from pydantic_core import from_json

LOCK = "requirements.lock"
COMMAND = ("pip_audit", "--requirement", LOCK, "--no-deps", "--disable-pip", "--format", "json")
SECONDS = 300
FOUND, NOT_ASKED = 1, 3
MOST_NAMED = 5


class PackageAudit(NamedTuple):
    """How many packages were asked about, which of them have holes, and which were passed over."""

    asked: int
    holes: tuple[str, ...]
    passed_over: tuple[str, ...]


def read_audit(output: str) -> PackageAudit | None:
    """What pip-audit found, as it writes it in JSON; None if it came to no end."""
    try:
        rows: list[dict[str, Any]] = from_json(output)["dependencies"]
    except (ValueError, KeyError):
        return None
    holes = (f"{row['name']} {row['version']}: {hole['id']}, mended in {_mended(hole)}"
             for row in rows for hole in row.get("vulns", ()))  # fmt: skip
    passed_over = tuple(row["name"] for row in rows if "skip_reason" in row)
    return PackageAudit(len(rows) - len(passed_over), tuple(holes), passed_over)


def verdict(audit: PackageAudit | None, *, may_be_offline: bool) -> tuple[int, list[str]]:
    """The exit code, and what is said."""
    not_asked = 0 if may_be_offline else NOT_ASKED
    if audit is None:
        return not_asked, ["NOT AUDITED: the service that knows of holes did not answer"]
    lines = [*audit.holes, f"{audit.asked} packages asked about, {len(audit.holes)} holes known"]
    if audit.passed_over:
        names = ", ".join(audit.passed_over[:MOST_NAMED])
        lines.append(f"NOT AUDITED: {len(audit.passed_over)} packages ({names}, …)")
    return (FOUND if audit.holes else not_asked if audit.passed_over else 0), lines


def _mended(hole: dict[str, Any]) -> str:
    return ", ".join(hole.get("fix_versions", ())) or "no release yet"


def main() -> int:
    """Run pip-audit and tell what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--may-be-offline", action="store_true")
    may_be_offline: bool = parser.parse_args().may_be_offline
    words = [sys.executable, "-m", *COMMAND]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        audit = None
    else:
        audit = read_audit(done.stdout)
    code, lines = verdict(audit, may_be_offline=may_be_offline)
    print(*lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
