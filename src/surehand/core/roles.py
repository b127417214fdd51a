"""What people are for."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is for."""

    REVIEWER = "reviewer"
    SPECIALIST = "specialist"
    OWNER = "owner"
    BUILDER = "builder"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


#: Who may decide at all. Administrators give authority, and so have none; auditors look on.
DECIDERS = (Role.REVIEWER, Role.SPECIALIST, Role.OWNER)

#: Who may see every case.
SEES_ALL = (Role.OWNER, Role.AUDITOR, Role.ADMINISTRATOR)
