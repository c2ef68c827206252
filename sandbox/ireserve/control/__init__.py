"""How a test steers the simulated i-Reserve, and acts as a person."""
