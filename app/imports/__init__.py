"""Registration files: which column is what, and the people in the rows."""
