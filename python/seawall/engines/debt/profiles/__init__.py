"""Tape profiles of debt books that come with the engine."""
