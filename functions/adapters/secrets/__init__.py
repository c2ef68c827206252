"""Secret stores: a file that only its owner can read, or Secret Manager."""
