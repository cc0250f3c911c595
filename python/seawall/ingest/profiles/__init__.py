"""Tape profiles that serve every engine."""
