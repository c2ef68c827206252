"""How a test steers the simulated Google, and acts as a person."""
