"""The engines; none knows another."""
