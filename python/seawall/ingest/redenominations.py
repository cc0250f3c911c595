"""Currencies that law replaced at a fixed factor: redenominations, and members of the euro."""

from datetime import date

import msgspec


class FixedConversion(msgspec.Struct, frozen=True):
    """One currency replaced by another for good."""

    predecessor: str
    successor: str
    factor: float  # units of the predecessor per unit of the successor
    effective_date: date
    legal_source: str


REDENOMINATIONS = (
    FixedConversion("TRL", "TRY", 1e6, date(2005, 1, 1), "Turkish Law No 5083"),
    FixedConversion("ROL", "RON", 1e4, date(2005, 7, 1), "Romanian Law No 348/2004"),
)
"""Zeros struck off: the same money under two names, whenever it is counted."""


def _to_euro(code: str, factor: float, year: int, regulation: str) -> FixedConversion:
    return FixedConversion(
        code, "EUR", factor, date(year, 1, 1), f"Council Regulation {regulation}"
    )


_FOUNDING = "(EC) No 2866/98"

EURO_CONVERSIONS = (
    _to_euro("ATS", 13.7603, 1999, _FOUNDING),
    _to_euro("BEF", 40.3399, 1999, _FOUNDING),
    _to_euro("DEM", 1.95583, 1999, _FOUNDING),
    _to_euro("ESP", 166.386, 1999, _FOUNDING),
    _to_euro("FIM", 5.94573, 1999, _FOUNDING),
    _to_euro("FRF", 6.55957, 1999, _FOUNDING),
    _to_euro("IEP", 0.787564, 1999, _FOUNDING),
    _to_euro("ITL", 1936.27, 1999, _FOUNDING),
    _to_euro("LUF", 40.3399, 1999, _FOUNDING),
    _to_euro("NLG", 2.20371, 1999, _FOUNDING),
    _to_euro("PTE", 200.482, 1999, _FOUNDING),
    _to_euro("GRD", 340.750, 2001, "(EC) No 1478/2000"),
    _to_euro("SIT", 239.640, 2007, "(EC) No 1086/2006"),
    _to_euro("CYP", 0.585274, 2008, "(EC) No 1135/2007"),
    _to_euro("MTL", 0.429300, 2008, "(EC) No 1134/2007"),
    _to_euro("SKK", 30.1260, 2009, "(EC) No 694/2008"),
    _to_euro("EEK", 15.6466, 2011, "(EU) No 671/2010"),
    _to_euro("LVL", 0.702804, 2014, "(EU) No 870/2013"),
    _to_euro("LTL", 3.45280, 2015, "(EU) No 851/2014"),
    _to_euro("HRK", 7.53450, 2023, "(EU) 2022/1208"),
    _to_euro("BGN", 1.95583, 2026, "(EU) 2025/1409"),
)
"""Irrevocably fixed rates, in force from the date on which a member adopted the euro."""
