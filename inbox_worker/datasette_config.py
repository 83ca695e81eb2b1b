"""The Datasette configuration for one registry, made from ``datasette.yaml``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from inbox_worker.commands.init import example
from inbox_worker.settings import Settings, SettingsError

TEMPLATE_DATABASE = "registry"  # the key of "databases" in the example


def datasette_config(settings: Settings) -> dict[str, Any]:
    """``datasette.yaml`` beside the configuration, or the example, with the registry's own name in it.

    Raises:
        SettingsError: where the file cannot be used.
    """
    beside = settings.source.parent / "datasette.yaml"
    try:
        text = beside.read_text(encoding="utf-8") if beside.exists() else example("datasette.yaml")
        config = yaml.safe_load(text)
        databases = config["databases"]
        name = settings.registry.path.stem
        if name not in databases:
            databases[name] = databases.pop(TEMPLATE_DATABASE)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{beside}: cannot be used: {error}") from None
    except (KeyError, TypeError):
        raise SettingsError(
            f'{beside}: "databases" has neither "{settings.registry.path.stem}" nor "{TEMPLATE_DATABASE}"; '
            "see 'inbox-worker init DIR' for an example"
        ) from None
    plugins = config.setdefault("plugins", None) or {}
    plugins["inbox-worker"] = {
        **(plugins.get("inbox-worker") or {}),
        "config": str(settings.source.resolve()),
        "database": settings.registry.path.stem,
    }
    return {**config, "plugins": plugins}


def datasette_command(settings: Settings, directory: Path, host: str, port: int) -> list[str]:
    """The command line that serves the registry; its configuration is written into ``directory``.

    Nobody sees anything without signing in: by the link with a one-time token that Datasette prints.
    """
    config = directory / "datasette.json"
    config.write_text(json.dumps(datasette_config(settings)), encoding="utf-8")
    return [
        *(sys.executable, "-m", "datasette", "serve", str(settings.registry.path)),
        *("--config", str(config), "--default-deny", "--root"),
        *("--host", host, "--port", str(port)),
    ]
