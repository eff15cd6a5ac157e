"""What the centre knows of authorisations, successions of documents, extensions and systems."""
