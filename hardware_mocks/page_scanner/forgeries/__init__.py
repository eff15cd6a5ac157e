"""How documents are forged, each species by a careful or a careless hand."""
