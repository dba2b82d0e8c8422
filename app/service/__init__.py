"""What a request does to a stored event, in one transaction."""
