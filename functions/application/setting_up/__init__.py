"""Setting up, from nothing to active and back: settings, consent, the plan, activation, changes, removal."""
