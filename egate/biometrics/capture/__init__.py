"""From observations of live frames to the few that decide. Pure: time is an argument."""
