"""The best objective ever seen on each event, by any method; it only ever rises.

Good for as long as the events stay the same: whoever changes the generator or the reading of
real data takes the file away.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

PATH = Path(__file__).with_name("best_known.json")


@dataclass(frozen=True)
class BestKnown:
    """An objective, and the commit whose run reached it first."""

    objective: float
    commit: str


def read() -> dict[str, BestKnown]:
    """What is known so far, by the name of the event."""
    if not PATH.exists():
        return {}
    kept = json.loads(PATH.read_text(encoding="utf-8"))
    return {name: BestKnown(**best) for name, best in kept.items()}


def learn(name: str, objective: float, commit: str) -> None:
    """Keep an objective if it is better than what is known of this event."""
    known = read()
    if name not in known or objective > known[name].objective:
        known[name] = BestKnown(objective, commit)
        kept = {name: asdict(best) for name, best in sorted(known.items())}
        PATH.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
