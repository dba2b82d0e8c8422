"""Events of usual kinds, filled in as far as the kind goes."""
