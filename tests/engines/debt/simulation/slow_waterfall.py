"""What a group of obligors that all default pays to whom, in exact fractions and without haste.

Written from docs/explanation/cash_flows.md, section 8, and default_simulation_waterfall.md: pools
pay by lien, estates by seniority after administration, guarantors by dividend, in rounds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

SENIORITIES = ("super_senior", "senior", "subordinated", "junior")
LIENS = ("first", "second", "third")
ROUNDS = 16


def half_even(value: Fraction) -> int:
    return round(value)


def minor(amount: float, digits: int) -> int:
    return half_even(Fraction(Decimal(repr(amount))) * 10**digits)


@dataclass
class Claim:
    obligor: str
    amount: int
    pool: str = ""
    lien: str = "first"
    seniority: str = "senior"
    guarantor: str = ""
    from_collateral: Fraction = Fraction(0)
    from_estate: Fraction = Fraction(0)
    from_guarantor: Fraction = Fraction(0)

    @property
    def loss(self) -> Fraction:
        return self.amount - self.from_collateral - self.from_estate - self.from_guarantor


@dataclass
class Group:
    claims: list[Claim]
    pools: dict[str, tuple[int, str]]  # value before the sale, owner
    free: dict[str, int]
    haircut: Fraction
    sale_cost: Fraction
    administration_cost: Fraction
    equity: Fraction = Fraction(0)
    administration: int = 0
    left: dict[str, Fraction] = field(default_factory=dict)

    def settle(self) -> None:
        self.left = {name: Fraction(amount) for name, amount in self.free.items()}
        for name, (value, owner) in self.pools.items():
            self.left[owner] = self.left.get(owner, Fraction(0)) + self._pay_liens(name, value)
        for claim in self.claims:
            self.left.setdefault(claim.obligor, Fraction(0))
        costs = {e: half_even(left * self.administration_cost) for e, left in self.left.items()}
        self.administration = sum(costs.values())
        for _ in range(ROUNDS):
            before = [claim.from_estate for claim in self.claims]
            self._pay_estates(costs, is_last=False)
            if before == [claim.from_estate for claim in self.claims]:
                break
        self._pay_estates(costs, is_last=True)

    def proceeds(self, value: int) -> int:
        return int(value * (1 - self.haircut) * (1 - self.sale_cost))

    def _pay_liens(self, pool: str, value: int) -> Fraction:
        left = Fraction(self.proceeds(value))
        for lien in LIENS:
            tier = [c for c in self.claims if c.pool == pool and c.lien == lien]
            paid, left = shared(left, [(Fraction(c.amount), Fraction(c.amount)) for c in tier])
            for claim, amount in zip(tier, paid, strict=True):
                claim.from_collateral = amount
        return left

    def _pay_estates(self, costs: dict[str, int], *, is_last: bool) -> None:
        self.equity = Fraction(0)
        for estate, free in self.left.items():
            left = free - costs[estate]
            for seniority in SENIORITIES:
                asking: list[tuple[Fraction, Fraction]] = []
                take: list[Callable[[Fraction], None]] = []
                for claim in self.claims:
                    missing = claim.amount - claim.from_collateral
                    if (claim.obligor, claim.seniority) == (estate, seniority):
                        asking.append((missing, missing - claim.from_guarantor))
                        take.append(lambda paid, c=claim: setattr(c, "from_estate", paid))
                    if claim.guarantor == estate and seniority == "senior":
                        asking.append((missing, missing - claim.from_estate))
                        take.append(
                            lambda paid, c=claim: (
                                setattr(c, "from_guarantor", paid) if is_last else None
                            )
                        )
                paid, left = shared(left, asking)
                for receive, amount in zip(take, paid, strict=True):
                    receive(amount)
            self.equity += left


def shared(
    amount: Fraction, asking: list[tuple[Fraction, Fraction]]
) -> tuple[list[Fraction], Fraction]:
    """Share an amount by weight, up to each cap; what nobody may take is left."""
    most = sum((cap for _, cap in asking), Fraction(0))
    if amount >= most:
        return [cap for _, cap in asking], amount - most
    full: set[int] = set()
    while True:
        rest = amount - sum((asking[i][1] for i in full), Fraction(0))
        weight = sum((asking[i][0] for i in range(len(asking)) if i not in full), Fraction(0))
        rate = rest / weight
        more = {i for i, (w, cap) in enumerate(asking) if rate * w >= cap}
        if more <= full:
            break
        full |= more
    return [cap if i in full else rate * w for i, (w, cap) in enumerate(asking)], Fraction(0)
