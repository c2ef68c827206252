"""Where secrets rest: a file that only its owner can read, or Secret Manager."""
