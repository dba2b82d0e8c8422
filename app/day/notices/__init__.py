"""Who must be told what: changes in words, the room as it is now, news for its watchers."""
