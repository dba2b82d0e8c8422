"""After incidents: the fewest broken promises, then the most points."""
