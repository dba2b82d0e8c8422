"""The optimiser: knows no web, no database, and no clock but its budget."""

import os

# The vectors here are short: with a second thread numpy's products take ten times as long.
# It reads this once, when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
