"""Print the day of a seed: ``python -m tests.simulation SEED [HOW_MANY]``."""

import sys
from time import perf_counter

from app.logs import configure_logging
from tests.simulation.day import play_day
from tests.simulation.day_ledger import BrokenPromiseError


def main() -> None:
    """Print the log of one day, or the seeds of those of many that fail."""
    configure_logging("error")
    first, number = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begun, failed = perf_counter(), 0
    for seed in range(first, first + number):
        try:
            log = play_day(seed)
        except BrokenPromiseError as error:
            failed += 1
            print(error if number == 1 else str(error).partition("\n")[0], flush=True)
        else:
            if number == 1:
                print("\n".join(log))
    quickly = number / (perf_counter() - begun)
    print(f"{failed} of {number} failed, {quickly:.1f} days a second", file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
