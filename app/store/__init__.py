"""What outlives the process: tables, migrations and the queries by name."""
