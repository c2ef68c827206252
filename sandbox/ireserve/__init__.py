"""The simulated i-Reserve: the documented REST interface, outgoing hooks and a panel, in memory."""
