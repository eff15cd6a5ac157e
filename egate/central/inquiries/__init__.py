"""What officers look up at the centre; every look is kept."""
