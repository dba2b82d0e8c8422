"""What crosses the wire; imports nothing of ours."""
