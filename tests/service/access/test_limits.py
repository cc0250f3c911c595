"""How often who may ask, and fail."""

import random
from collections import deque
from types import SimpleNamespace

import pytest

from seawall.service.access.doors import AccessOptions
from seawall.service.access.gate import LOOKS_OF_HOLDER
from seawall.service.access.rate_limit import Rate, RateLimiter
from seawall.service.access.throttle import Throttle
from service.access.entrance import Entrance, with_key, with_token
from service.access.test_key_attacks import flipped


class Bucket:
    """The same as tokens that drip into a bucket, said slowly."""

    def __init__(self, rate: Rate) -> None:
        self.rate, self.level, self.at = rate, float(rate.burst), 0.0

    def take(self, now: float) -> bool:
        self.level = min(self.rate.burst, self.level + (now - self.at) * self.rate.per_second)
        self.at = now
        if self.level < 1 - 1e-6:
            return False
        self.level -= 1
        return True


@pytest.mark.parametrize("seed", range(5))
def test_a_limiter_admits_what_a_dripping_bucket_admits(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 (a test's draws)
    rate = Rate(per_second=draw.choice([0.5, 3, 8]), burst=draw.choice([1, 4, 20]))
    time = SimpleNamespace(now=0.0)
    limiter, bucket = RateLimiter(rate, clock=lambda: time.now), Bucket(rate)
    for _ in range(2_000):
        time.now += draw.choice([0, 0, 0.0625, 0.25, 1, 4])
        assert (limiter.take("a") == 0) == bucket.take(time.now)


def test_no_second_admits_more_than_the_burst_and_the_rate() -> None:
    time = SimpleNamespace(now=0.0)
    limiter = RateLimiter(Rate(per_second=10, burst=5), clock=lambda: time.now)
    admitted: deque[float] = deque()
    for _ in range(10_000):
        time.now += 0.01
        if not limiter.take("a"):
            admitted.append(time.now)
            while admitted[0] <= time.now - 1:
                admitted.popleft()
            assert len(admitted) <= 15


def test_who_waits_as_long_as_told_is_admitted() -> None:
    time = SimpleNamespace(now=0.0)
    limiter = RateLimiter(Rate(per_second=3, burst=2), clock=lambda: time.now)
    assert [limiter.take("a"), limiter.take("a")] == [0, 0]
    wait = limiter.take("a")
    assert wait == pytest.approx(1 / 3)
    time.now += wait
    assert limiter.take("a") == 0


def test_each_name_has_its_own_bucket() -> None:
    limiter = RateLimiter(Rate(per_second=1, burst=1), clock=lambda: 0.0)
    assert [limiter.take("a"), limiter.take("b")] == [0, 0]
    assert limiter.take("a") > 0


def test_a_limiter_keeps_no_more_names_than_it_is_told() -> None:
    limiter = RateLimiter(Rate(per_second=1, burst=1), clock=lambda: 0.0, max_names=100)
    for number in range(1_000):
        limiter.take(number)
    assert len(limiter._full_at) == 100
    assert limiter.take(999) > 0


def test_a_throttle_forgets_no_block_but_under_a_flood_of_addresses() -> None:
    throttle = Throttle(Rate(per_second=0.001, burst=1), clock=lambda: 0.0, max_names=100)
    for number in range(1_000):
        throttle.failed(str(number), None)
        throttle.failed(str(number), None)
    assert len(throttle._until) <= 100


FEW = AccessOptions(
    key_rate=Rate(per_second=1, burst=3),
    address_rate=Rate(per_second=1, burst=6),
    failure_rate=Rate(per_second=0.1, burst=4),
)


@pytest.fixture
def strict(tmp_path: object) -> Entrance:
    return Entrance(tmp_path, FEW)  # type: ignore[arg-type]


@pytest.fixture
def patient(tmp_path: object) -> Entrance:
    return Entrance(  # type: ignore[arg-type]
        tmp_path, AccessOptions(failure_rate=Rate(per_second=0.01, burst=4))
    )


def test_a_key_that_asks_too_often_is_told_when_to_come_back(strict: Entrance) -> None:
    for _ in range(3):
        assert strict.knock(with_key(strict.key))[0] == 200
    status, code, headers = strict.knock(with_key(strict.key))
    assert (status, code, headers[b"retry-after"]) == (429, "RATE_LIMITED", b"1")
    strict.pass_time(1)
    assert strict.knock(with_key(strict.key))[0] == 200


def test_a_token_shares_the_limit_of_its_key(strict: Entrance) -> None:
    token = strict.token()
    for header in (with_key(strict.key), with_token(token), with_token(token)):
        assert strict.knock(header)[0] == 200
    assert strict.knock(with_key(strict.key))[0] == 429


def test_a_key_is_limited_from_many_addresses(strict: Entrance) -> None:
    statuses = [
        strict.knock(with_key(strict.key), address=f"192.0.2.{number}")[0] for number in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]


def test_an_address_is_limited_over_all_its_keys(strict: Entrance) -> None:
    keys = [strict.add_key("alpha", f"k{number}", ["read"])[0] for number in range(8)]
    statuses = [strict.knock(with_key(key))[0] for key in keys]
    assert statuses == [200] * 6 + [429] * 2
    assert strict.knock(with_key(keys[0]), address="198.51.100.1")[0] == 200


def test_who_fails_too_often_is_told_to_wait(strict: Entrance) -> None:
    answers = [strict.knock(with_key("x"))[:2] for _ in range(5)]
    assert answers == [(401, "AUTH_INVALID")] * 4 + [(429, "AUTH_THROTTLED")]
    assert strict.knock(with_key("x"))[2][b"retry-after"] == b"10"


def test_who_failed_may_fail_again_after_a_while(strict: Entrance) -> None:
    for _ in range(5):
        strict.knock(with_key("x"))
    strict.pass_time(10)
    assert strict.knock(with_key("x"))[:2] == (401, "AUTH_INVALID")


def test_failures_with_one_key_id_are_counted_over_all_addresses(strict: Entrance) -> None:
    guess = flipped(strict)
    statuses = [
        strict.knock(with_key(guess), address=f"192.0.2.{number}")[0] for number in range(6)
    ]
    assert statuses == [401] * 4 + [429] * 2


def test_nobody_is_shut_out_by_failures_in_their_name(strict: Entrance) -> None:
    guess = flipped(strict)
    for _ in range(6):
        strict.knock(with_key(guess), address="198.51.100.9")
    assert strict.knock(with_key(strict.key))[0] == 200


def test_a_valid_key_passes_from_an_address_that_failed(strict: Entrance) -> None:
    for _ in range(5):
        strict.knock(with_key("x"))
    assert strict.knock(with_key(strict.key))[0] == 200


def failing(door: Entrance, address: str = "192.0.2.1") -> None:
    """Send bad keys until the address has to wait."""
    while door.knock(with_key("x"), address=address)[0] != 429:
        pass


def forged(token: str) -> str:
    """The same with another signature."""
    return token[:-10] + ("A" * 9 if token[-10:-1] != "A" * 9 else "B" * 9) + token[-1]


def test_a_new_token_passes_from_an_address_that_keeps_sending_bad_keys(patient: Entrance) -> None:
    for _ in range(3):
        failing(patient)
        assert patient.knock(with_token(patient.token()))[0] == 200


def test_few_signatures_are_checked_of_a_holder_whose_address_keeps_failing(
    patient: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, fresh = patient.token(), patient.token()
    patient.knock(with_token(known))
    failing(patient)
    for _ in range(LOOKS_OF_HOLDER.burst):
        assert patient.knock(with_token(forged(fresh)))[:2] == (429, "AUTH_THROTTLED")
    assert patient.reasons()[-1] == "signature"
    monkeypatch.setattr(patient.access.tokens, "check", None)
    assert patient.knock(with_token(forged(fresh)))[:2] == (429, "AUTH_THROTTLED")
    assert patient.reasons()[-1] == "not_looked_at"
    assert patient.knock(with_token(known))[0] == 200


def test_who_forges_in_one_name_spends_the_looks_of_no_other(patient: Entrance) -> None:
    other, _ = patient.add_key("alpha", "other", ["read"])
    failing(patient)
    fresh = patient.token()
    for _ in range(3 * LOOKS_OF_HOLDER.burst):
        patient.knock(with_token(forged(fresh)))
    assert patient.knock(with_token(fresh))[0] == 429
    assert patient.knock(with_token(patient.token(other)))[0] == 200


def test_no_signature_is_checked_of_a_token_that_names_no_key_of_ours(patient: Entrance) -> None:
    gone, key_id = patient.add_key("alpha", "gone", ["read"])
    token = patient.token(gone)
    patient.revoke_key("alpha", key_id)
    failing(patient)
    assert patient.knock(with_token(token))[0] == 429
    assert patient.reasons()[-1] == "not_looked_at"


def test_all_signatures_under_a_key_are_bounded_too(
    patient: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        patient.access.gate,
        "_looks_of_signer",
        RateLimiter(Rate(per_second=1, burst=2), clock=lambda: patient.time.monotonic),
    )
    addresses = [f"192.0.2.{number}" for number in range(4)]
    for address in addresses:
        failing(patient, address)
    fresh = [patient.token() for _ in addresses]
    statuses = [
        patient.knock(with_token(token), address=address)[0]
        for token, address in zip(fresh, addresses, strict=True)
    ]
    assert statuses == [200, 200, 429, 429]


def test_a_route_for_everybody_is_not_limited(strict: Entrance) -> None:
    assert {strict.knock(opt={"public": True})[0] for _ in range(50)} == {200}
