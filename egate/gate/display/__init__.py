"""The traveller display of a lane: one page that shows what to do next."""
