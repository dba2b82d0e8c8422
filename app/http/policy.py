"""Who may call what: every operation, and the roles whose keys open it. Nothing else decides that.

An operation without an entry is nobody's: the service does not start with one
(`app.http.policy_check`). Of which organisation a thing is, and of which event a key, is looked at
where the thing is read: what is another's is not there.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from app.errors import NotAllowed
from schemas.access_key import Role

Door = Literal["key", "link", "open"]
"""What a caller needs: a key, an attendee's link, or nothing."""

OWNERS: tuple[Role, ...] = ("owner",)
ORGANISERS: tuple[Role, ...] = ("owner", "organiser")
STEWARDS: tuple[Role, ...] = ("owner", "organiser", "steward")
READERS: tuple[Role, ...] = ("owner", "organiser", "steward", "reader")


class AccessRule(NamedTuple):
    """Who may call an operation."""

    door: Door
    roles: tuple[Role, ...] = ()
    """From the one that may do most to the one that may do least."""
    beyond_events: bool = False
    """Whether it concerns more than one event, so that a key of one event does not open it."""


OPEN, LINK = AccessRule("open"), AccessRule("link")
IN_EVENT_READERS = AccessRule("key", READERS)
IN_EVENT_STEWARDS = AccessRule("key", STEWARDS)
IN_EVENT_ORGANISERS = AccessRule("key", ORGANISERS)
BEYOND_READERS = AccessRule("key", READERS, beyond_events=True)
BEYOND_OWNERS = AccessRule("key", OWNERS, beyond_events=True)
BEYOND_ORGANISERS = AccessRule("key", ORGANISERS, beyond_events=True)

_OPERATIONS: Mapping[AccessRule, str] = {
    OPEN: "healthz readyz open_link leave_link",
    LINK: (
        "get_own_day get_own_calendar get_own_follow_ups report_own_incidents give_own_feedback"
        " set_own_wish"
    ),
    IN_EVENT_READERS: (
        "list_events get_event list_attendees get_attendee get_contact_spheres list_solves"
        " get_solve watch_progress get_current_schedule list_schedules get_schedule get_proposal"
        " get_repair compare_schedules list_incidents get_live get_template_csv"
        " get_template_workbook"
    ),
    IN_EVENT_STEWARDS: ("report_incidents list_proposals publish_proposal tick_people list_told"),
    IN_EVENT_ORGANISERS: (
        "get_presets replace_event patch_event delete_event validate_event add_attendees"
        " replace_attendees put_attendee patch_attendee delete_attendee make_link end_link"
        " make_links print_link_cards get_personal_data import_attendees get_agenda"
        " get_calendar get_briefs get_graph get_diagnosis"
        " get_understanding get_matching confirm_pair deny_pair start_solve stop_solve"
        " publish_schedule report_print get_prints edit_schedule explain_schedule get_report"
        " give_feedback get_feedback get_follow_ups get_introductions"
        " get_event?format get_schedule?format get_current_schedule?format"
    ),
    BEYOND_READERS: "list_series get_series",
    BEYOND_ORGANISERS: (
        "solve_event create_event import_event begin_series get_history delete_series"
        " erase_attendee add_event create_next_event"
        " create_webhook list_webhooks get_webhook change_webhook delete_webhook"
        " renew_webhook_secret end_old_webhook_secret test_webhook list_deliveries"
    ),
    BEYOND_OWNERS: "create_key list_keys get_key revoke_key list_audit",
}
"""By rule, the operations; with ``?format``, their answers as anything but JSON."""


def _rows() -> Iterator[tuple[str, AccessRule]]:
    for rule, names in _OPERATIONS.items():
        yield from ((name, rule) for name in names.split())


POLICY: Mapping[str, AccessRule] = dict(_rows())
"""The rule of each operation."""


KEEPS_NOTHING = {"solve_event", "validate_event"}
"""Operations that change nothing though their verb says so."""

TAKES_OUT = {
    "get_event?format", "get_schedule?format", "get_current_schedule?format", "get_briefs",
    "get_calendar", "get_feedback", "get_personal_data", "get_history", "list_audit",
}  # fmt: skip
"""Reads by which much of what is known of people leaves the service at once."""


def is_audited(operation: str, *, changes: bool, refused: bool) -> bool:
    """Whether the audit log tells that an operation was called with a key.

    ``refused`` is a call that the role of the key, or its event, does not allow.
    """
    return refused or operation in TAKES_OUT or (changes and operation not in KEEPS_NOTHING)


def is_open_to(operation: str, role: Role, *, of_event: bool) -> bool:
    """Whether a key of this role, and perhaps ``of_event``, opens an operation."""
    rule = POLICY.get(operation)
    if rule is None or rule.door != "key" or role not in rule.roles:
        return False
    return not (of_event and rule.beyond_events)


def check_allowed(operation: str, role: Role, *, of_event: bool, changes: bool) -> None:
    """Raise NotAllowed unless a key of this role, and perhaps ``of_event``, opens an operation.

    ``changes`` says whether the operation changes something, for the words of the refusal.
    """
    rule = POLICY.get(operation)
    if rule is None or rule.door != "key":
        raise NotAllowed("this is for nobody with a key")
    if role not in rule.roles:
        only_reads = role == "reader" and changes
        raise NotAllowed("this key may only read" if only_reads else _meant_for(rule))
    if of_event and rule.beyond_events:
        raise NotAllowed("this key is of one event, and this concerns others as well")


def _meant_for(rule: AccessRule) -> str:
    return f"this is for the {rule.roles[-1]}"
