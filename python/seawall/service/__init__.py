"""The service: sessions over HTTP."""

from seawall.service.app import make_app
from seawall.service.parts import Service

__all__ = ["Service", "make_app"]
