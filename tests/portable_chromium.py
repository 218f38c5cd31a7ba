"""A Chromium for a machine that has none and lets nobody install one: Linux on x86-64, no root needed.

It comes from the npm package @sparticuz/chromium (MIT; Chromium is BSD), which carries the libraries and a font as
well. Fetched without npm, refused unless its SHA-512 is the one below, unpacked into .state/chromium/.
"""

import hashlib
import io
import os
import platform
import shutil
import tarfile
import urllib.request
from pathlib import Path

import brotli

from clinic.embedded.running import STATE

TARBALL = "https://registry.npmjs.org/@sparticuz/chromium/-/chromium-147.0.0.tgz"
SHA512 = (
    "e1929e01041af2ea769adebbe6a4a2b73b4b75b42b95ff0129d0b99da79aa7ee"
    "4cbf5395d4e94974fa14f84242fe9e6c414254426378afeab9f8485a68e507a5"
)
HOME = STATE / "chromium"
FONTS = '<?xml version="1.0"?>\n<fontconfig><dir>{0}/fonts</dir><cachedir>{0}/font-cache</cachedir></fontconfig>\n'


def launch_options(home: Path = HOME) -> dict:
    """For Playwright's `chromium.launch`, but `env` holds only what comes on top of this process's environment."""
    return {
        "executable_path": str(home / "chromium"),
        "args": ["--no-sandbox"],
        "env": {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_FILE": str(home / "fonts.conf")},
    }


def fetch(tarball: str = TARBALL, home: Path = HOME) -> bool:
    """Put the browser into `home`; False when it cannot be had for this machine or is not the one we know."""
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "AMD64"):
        return False
    try:
        with urllib.request.urlopen(tarball, timeout=60) as answer:
            packed = answer.read()
    except OSError as error:
        print(f"  {tarball}: {error}")
        return False
    if hashlib.sha512(packed).hexdigest() != SHA512:
        print(f"  {tarball} is not the file it was when it was chosen; it is not used.")
        return False
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as package:

        def part(name: str) -> bytes:
            return brotli.decompress(package.extractfile(f"package/bin/{name}.br").read())

        (fresh / "chromium").write_bytes(part("chromium"))
        (fresh / "chromium").chmod(0o755)
        for name in ("al2023.tar", "swiftshader.tar", "fonts.tar"):
            with tarfile.open(fileobj=io.BytesIO(part(name))) as files:
                for member in filter(tarfile.TarInfo.isfile, files):  # not extractall: 3.11.2 knows no safe filter
                    path = fresh / member.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(files.extractfile(member).read())
    (fresh / "fonts.conf").write_text(FONTS.format(home))
    shutil.rmtree(home, ignore_errors=True)
    fresh.rename(home)
    return True
