"""What ends a command early, told in words; never a traceback for what a caller did."""

DEFECT = 1
BAD_INPUT = 2
INFEASIBLE = 3


class Failure(Exception):  # noqa: N818 - it is told to people, not handled
    """A command cannot go on: lines for people, and the exit code that says so to programs."""

    def __init__(self, *lines: str, exit_code: int = BAD_INPUT) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.exit_code = exit_code
