import pytest

from seawall.errors import InvalidInput
from seawall.lab.load_profile import LoadProfile, LoadRequest, LoadStage
from seawall.lab.load_subject import LoadSubject, aimed, fresh_sequence

PROFILE = LoadProfile(
    name="two",
    stages=(LoadStage(duration_s=1, users=1),),
    requests=(
        LoadRequest(path="/datasets/{{dataset_version_id}}"),
        LoadRequest(path="/own", headers={"x-api-key": "mine"}, body="{{dataset_version_id}}"),
    ),
)


def test_requests_name_the_dataset_and_bear_the_key() -> None:
    first, second = aimed(PROFILE, LoadSubject("", "dv_1", "secret")).requests
    assert (first.path, first.headers) == ("/datasets/dv_1", {"X-API-Key": "secret"})
    assert (second.body, second.headers) == ("dv_1", {"x-api-key": "mine"})
    assert first.label == "GET /datasets/{{dataset_version_id}}"


def test_without_a_key_no_header_is_added() -> None:
    assert aimed(PROFILE, LoadSubject("", "dv_1")).requests[0].headers == {}


@pytest.mark.parametrize("dataset", ["", 'dv_1", "parameters": {}', "dv_1\r\n", "dv 1"])
def test_what_is_no_identifier_is_not_filled_in(dataset: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        aimed(PROFILE, LoadSubject("", dataset))
    assert refusal.value.where == "dataset_version_id"


def test_no_two_sequences_are_the_same() -> None:
    first, second = fresh_sequence(), fresh_sequence()
    assert len(str(first)) == 15
    assert second >= first
