"""What classifiers share, whatever they read: two methods, their agreement, likeness, honest confidence.

A `panel` gives the opinions of two methods on each case, and how near it is to what was learned. What they
said of cases that were left out becomes a probability (`sureness`, `fitting`). `training` does this for a
panel of any kind, `model` runs it, `storage` keeps it, `answering` makes recommendations of it.
"""
