"""The performance report: tables, graphs, advice and checklist of one run."""
