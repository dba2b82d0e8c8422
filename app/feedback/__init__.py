"""After the meeting: what feedback comes to, for people, for the organiser, for the next event."""
