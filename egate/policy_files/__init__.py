"""Who answers for the policy: officers' keys and signatures of its files."""
