"""Presentation attack detection from cues over frames: one file a cue, each a pure function."""
