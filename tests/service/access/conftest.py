from pathlib import Path

import pytest

from service.access.entrance import Entrance


@pytest.fixture
def entrance(tmp_path: Path) -> Entrance:
    return Entrance(tmp_path)
