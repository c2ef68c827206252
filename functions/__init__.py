"""The product. This is what is deployed."""
