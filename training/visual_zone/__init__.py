"""Our reader of the visual zone: lines of print are rendered and damaged, and it learns them."""
