"""Documents in, documents out: an event becomes a schedule, and a schedule another one."""
