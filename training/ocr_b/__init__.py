"""Our OCR-B readers: lines are rendered and damaged, two readers learn them."""
