"""Starter processes for `surehand init`: files to copy, a folder per pattern. Nothing here is imported."""
