"""Who did and saw what at the console: written first, chained, never rewritten."""
