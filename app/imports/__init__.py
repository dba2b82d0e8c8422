"""Registration files to attendees: what a file holds, what its columns mean."""
