"""Who may meet whom by the values of a label (``policy.meet``)."""

from schemas.event import Attendee, Meet
from schemas.text import fold_name


class GroupRule:
    """Groups are the folded values of one label; ``""`` is that of whoever has no such label."""

    def __init__(self, meet: Meet) -> None:
        self.label, self._anyone = meet.label, meet.unlabelled == "anyone"
        self._pairs = {frozenset(map(fold_name, pair)) for pair in meet.pairs}
        self.named = frozenset(fold_name(value) for pair in meet.pairs for value in pair)

    def group_of(self, attendee: Attendee) -> str:
        """The group of somebody."""
        return fold_name(attendee.labels.get(self.label))

    def may_meet(self, one: str, other: str) -> bool:
        """Whether people of two groups, or two people of one, may meet."""
        return frozenset((one, other)) in self._pairs if one and other else self._anyone
