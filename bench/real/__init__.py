"""Events and texts from real life, read in place: nothing of these data is in the repository.

The folder that holds them is named by TERTIUS_SHARED (default: `../shared` beside the
repository); everything here raises `SharedDataAbsent` where it does not exist.
"""
