"""A second opinion: lists both sides, pairs them by ids and compares them, with code independent of the planner."""
