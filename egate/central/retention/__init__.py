"""What the centre lets go of when its time is over, kind by kind (docs/data-protection.md)."""
