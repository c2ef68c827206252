"""Opens and renews Google's watch channels, and moves them and i-Reserve's webhooks to a new key or address."""
