"""Taking in other systems' tables: one engine behind the command and the pages; each app says how its rows are read."""
