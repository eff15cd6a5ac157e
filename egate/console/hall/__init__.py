"""The hall at a glance: its lanes, their alarms, orders to them, and the officers' shifts."""
