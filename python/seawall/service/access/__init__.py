"""Who may do what: keys, tokens, roles, limits, and the audit of all of it."""
