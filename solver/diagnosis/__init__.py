"""How an event stands before it is solved: figures, findings, whom to invite."""
