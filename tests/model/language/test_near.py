"""What is suggested for a mistyped name: the likest first, numbers compared as numbers."""

from model.language.near import nearest

MANY = [f"sys{system:03d}-svc{service}" for system in range(200) for service in (1, 2)]


def test_numbers_are_compared_as_numbers():
    assert nearest("sys3-svc1", MANY)[0] == "sys003-svc1"


def test_a_number_of_its_own_keeps_its_zeros():
    assert nearest("sys0-svc1", MANY)[0] == "sys000-svc1"
    assert nearest("build-100", ["build-10", "build-100"])[0] == "build-100"
