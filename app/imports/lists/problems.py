"""What is wrong with a list, told by row and column; of a large one not all is kept."""

from schemas.imports import MOST_PROBLEMS, ImportProblem


class ListProblems:
    """Problems in the order in which they are told: the first ones, and how many more."""

    def __init__(self) -> None:
        self.told: list[ImportProblem] = []
        self.more = 0

    def tell(self, row: int | None, column: str | None, code: str, message: str) -> None:
        """Note a problem of a row, a column, or both; no ``message`` repeats a cell."""
        if len(self.told) == MOST_PROBLEMS:
            self.more += 1
        else:
            self.told.append(ImportProblem(row=row, column=column, code=code, message=message))
