"""The profiles that a caller may name: the built-in ones, and never a file of this machine."""

from msgspec.structs import replace

from seawall.errors import InvalidInput
from seawall.ingest import TapeProfile
from seawall.session import Session


class Profiles:
    """The built-in profiles, read once."""

    def __init__(self, session: Session) -> None:
        self._known = session.profiles()

    def named(self, name: str, *, source_system: str | None = None) -> TapeProfile:
        """Return a profile.

        Parameters
        ----------
        source_system : str, optional
            What the records come from, where they do not say it.

        Raises
        ------
        InvalidInput
            For another name.
        """
        if name not in self._known:
            raise InvalidInput(f"there are {', '.join(self._known)}", where="profile")
        profile = self._known[name]
        if source_system is None:
            return profile
        fields = [
            replace(field, default=source_system) if field.name == "source_system" else field
            for field in profile.fields
        ]
        return replace(profile, source_system=source_system, fields=fields)
