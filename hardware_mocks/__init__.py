"""Far ends of real wires; shares no code with egate or drivers."""
