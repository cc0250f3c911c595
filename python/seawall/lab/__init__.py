"""The laboratory: how seawall is measured. What is measured stands in ``benchmarks/``."""
