"""Commands and responses of ISO/IEC 7816-4."""
