"""Lists of pairs of people into an event: benefits, wishes, rules, and who met before."""
