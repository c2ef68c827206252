"""Simulated Google and i-Reserve, to try the product and to test it; never deployed."""
