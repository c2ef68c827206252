"""Google's watch channels and i-Reserve's webhooks: opened, renewed, moved to a new key."""
