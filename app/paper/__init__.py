"""Paper: a schedule as cards, tents, boards and sheets to print."""
