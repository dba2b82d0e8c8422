"""Whether the hard rules can hold, why not, and what gives way."""
