"""
App: the composition root. From a configuration to a running server; the only place where parts
meet.
"""

from countermand.app.config import CONNECTIONS_MAX, Config, ConfigError, Ready
from countermand.app.server import App

__all__ = ["CONNECTIONS_MAX", "App", "Config", "ConfigError", "Ready"]
