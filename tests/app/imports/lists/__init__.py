"""Lists of pairs: what is read of them, and what becomes of it."""
