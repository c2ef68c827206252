"""What a person sees and does at the address of the simulated i-Reserve."""
