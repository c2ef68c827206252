"""From nothing to active and back: settings, consent, the plan, activation, changed settings, removal."""
