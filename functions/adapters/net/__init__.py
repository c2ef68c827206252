"""How anything leaves this process: permitted addresses, time limits, alerts on their way out."""
