"""``egate face evaluate``: how often faces are taken for the wrong or not the right person."""
