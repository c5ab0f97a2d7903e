"""Where citizens write: one folder a channel, none of which knows another."""
