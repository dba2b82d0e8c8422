"""Facts of the day: what each incident does to the event, and how it is taken back."""
