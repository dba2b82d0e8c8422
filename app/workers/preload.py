"""What children have at birth; imported, for its effect alone, by the process they are forked from.

The optimiser is loaded and its compiled parts are made ready once, not by every child; what it
loads only where it is needed is loaded here, since a repair is no time to wait for it. Nothing
here may start a thread: a fork would leave its locks behind.
"""

import os

import networkx  # noqa: F401
import scipy.optimize  # noqa: F401

import app.planning.plan  # noqa: F401
import solver.exact  # noqa: F401
from app.logs import configure_logging
from schemas.language import find_language
from solver.warm import warm_kernels

configure_logging(os.environ.get("TERTIUS_LOG_LEVEL", "info"))
find_language("en")
warm_kernels()
