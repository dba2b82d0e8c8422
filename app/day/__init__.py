"""The event day: what happened, whom it touches, who must be told."""
