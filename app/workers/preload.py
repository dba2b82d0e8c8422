"""What children have at birth; imported, for its effect alone, by the process they are forked from.

The optimiser is loaded and its compiled parts are made ready once, not by every child. Nothing
here may start a thread: a fork would leave its locks behind.
"""

import app.planning.plan  # noqa: F401
from solver.warm import warm_kernels

warm_kernels()
