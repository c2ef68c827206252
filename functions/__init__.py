"""The product: what is deployed."""
