"""What the centre's status page shows: gates, lists, work lists, alarms. Nothing personal."""
