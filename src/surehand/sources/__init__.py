"""Where items come from: a file per event source."""
