"""Upper bounds on every schedule; they owe nothing to the search."""
