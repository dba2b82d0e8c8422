"""An audit that could not ask is never told as one that found nothing."""

import json

from bench.audit import FOUND, NOT_ASKED, read_audit, verdict

SOUND = {"name": "sound", "version": "1", "vulns": []}
HOLE = {"id": "X-1", "fix_versions": ["2"], "aliases": [], "description": ""}
HOLED = {"name": "holed", "version": "1", "vulns": [HOLE]}
SKIPPED = {"name": "skipped", "skip_reason": "not found"}


def told(*rows: object, may_be_offline: bool = False) -> tuple[int, str]:
    audit = read_audit(json.dumps({"dependencies": rows, "fixes": []}))
    code, lines = verdict(audit, may_be_offline=may_be_offline)
    return code, "\n".join(lines)


def test_nothing_known_is_told_with_how_many_were_asked_about() -> None:
    assert told(SOUND, SOUND) == (0, "2 packages asked about, 0 holes known")


def test_a_hole_is_told_with_what_mends_it_wherever_it_runs() -> None:
    for may_be_offline in (False, True):
        code, text = told(SOUND, HOLED, SKIPPED, may_be_offline=may_be_offline)
        assert code == FOUND
        assert "holed 1: X-1, mended in 2" in text


def test_a_package_that_was_passed_over_is_no_pass() -> None:
    code, text = told(SOUND, SKIPPED)
    assert code == NOT_ASKED
    assert "NOT AUDITED: 1 packages (skipped, …)" in text


def test_a_service_that_does_not_answer_is_said_plainly_also_where_that_may_be() -> None:
    for output in ("", "Traceback", "{}"):
        assert read_audit(output) is None
    assert verdict(None, may_be_offline=False)[0] == NOT_ASKED
    code, (line,) = verdict(None, may_be_offline=True)
    assert code == 0
    assert line.startswith("NOT AUDITED")
