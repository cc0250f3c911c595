import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lab.stand_in_server import closed_port
from seawall.errors import SeawallError
from seawall.lab.http_target import ask, ingest_sample, sample_records, served
from seawall.lab.process_sampling import ProcessSampling
from seawall.session import Session

STAND_IN = [sys.executable, str(Path(__file__).parent / "stand_in_service.py"), "{port}", "{store}"]


def test_a_server_runs_until_the_end_of_its_block(tmp_path: Path) -> None:
    with served(store=tmp_path / "a.db", command=STAND_IN) as target:
        assert psutil.pid_exists(target.pid)
        assert ask(target.base_url, "/health").document()["status"] == "ok"
        assert ingest_sample(target, records=7) == "dv_7"
    assert not psutil.pid_exists(target.pid)
    assert ask(target.base_url, "/health").status == 0


def test_it_is_ended_though_the_block_fails(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        served(store=tmp_path / "a.db", command=STAND_IN) as target,
    ):
        _ = 1 / 0
    assert not psutil.pid_exists(target.pid)


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no store here')"]
    with (
        pytest.raises(SeawallError, match="no store here") as caught,
        served(store=tmp_path / "a.db", command=command),
    ):
        pass
    assert caught.value.code == "process_failed"


def test_a_server_that_does_not_answer_is_given_up_and_ended(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        f"open({str(tmp_path / 'up')!r}, 'w'); input = __import__('time').sleep(60)",
    ]
    with (
        pytest.raises(SeawallError, match="does not answer"),
        served(store=tmp_path / "a.db", command=command, start_timeout_s=0.5),
    ):
        pass
    assert not [child for child in psutil.Process().children() if child.cmdline() == command]


def test_no_answer_is_an_answer_of_status_0() -> None:
    with closed_port() as port:
        answer = ask(f"http://127.0.0.1:{port}", "/health")
    assert answer.status == 0
    assert answer.error
    assert answer.document() is None


def test_a_sample_dataset_is_taken_by_the_engine_itself(session: Session) -> None:
    data = json.dumps(sample_records(3)).encode()
    dataset = session.ingest(data, profile="todiscope", format="json")
    assert dataset.record_count == 3
    assert dataset.summary.kept_count == 3
    run = session.run("debt_stress", dataset=dataset.dataset_version_id)
    assert [finding.body["value"] for finding in run.findings][:1] == [3 * 105_000 + 0 + 1 + 2]


def test_a_process_is_seen_with_its_cpu_memory_and_open_files(tmp_path: Path) -> None:
    store = tmp_path / "a.db"
    with served(store=store, command=STAND_IN) as target:
        with ProcessSampling([target.pid], interval_s=0.02, file=store) as sampling:
            for _ in range(30):
                ask(target.base_url, "/health")
        use = sampling.use(target.pid)
    assert len(use.samples) >= 2
    assert use.cpu_pct >= 0
    assert use.peak_rss_bytes > 5_000_000
    assert 0 < use.peak_memory_pct < 100
    assert use.peak_open_files == 1
    assert all(sample.descriptors > sample.open_files for sample in use.samples)


def test_what_a_process_started_counts_as_its_own(tmp_path: Path) -> None:
    # Longer than it takes until those that were started are looked for again.
    work = "from time import process_time as used\nwhile used() < 1.5: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    with subprocess.Popen([sys.executable, "-c", child]) as process:
        with ProcessSampling([process.pid], interval_s=0.02) as sampling:
            process.wait()
        use = sampling.use(process.pid)
    assert max(sample.cpu_s for sample in use.samples) > 0.15
