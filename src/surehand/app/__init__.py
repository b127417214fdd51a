"""Assembly, and nowhere else: settings, database, processes and dispatcher become a running Surehand."""

from surehand.app.assembly import Surehand, assembled, create_app, folder_of, looking, rehearsed, running

__all__ = ["Surehand", "assembled", "create_app", "folder_of", "looking", "rehearsed", "running"]
