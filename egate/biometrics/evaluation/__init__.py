"""Error rates of face verification from comparison scores (ISO/IEC 19795-1): arithmetic only."""
