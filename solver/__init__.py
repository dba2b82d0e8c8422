"""The optimiser: knows no web, no database, and no clock but its budget."""
