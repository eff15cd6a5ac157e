"""Every device of one lane on its wires, and the travellers who come to it."""
