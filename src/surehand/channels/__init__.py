"""Ways to reach a person, a file each. Which of them a deployment uses stands in `surehand.yaml`."""

from surehand.channels.protocol import Address, Channel, Outcome, Parcel, Receipt

#: Kinds that come with Surehand, by what the settings call them. `in_app` is always there.
BUILT_IN = ("email", "webhook", "slack", "apprise")

__all__ = ["BUILT_IN", "Address", "Channel", "Outcome", "Parcel", "Receipt"]
