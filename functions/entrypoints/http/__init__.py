"""The deployed functions: verify the caller, call one use case, map errors to statuses."""
