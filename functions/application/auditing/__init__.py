"""A second opinion: both sides listed, paired by ids and compared, by code of its own that knows nothing of the planner."""
