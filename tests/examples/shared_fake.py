import pytest

from fakeproxy import FakeProxy


@pytest.fixture(scope="session")
def shared():  # one fake for the whole run; scope="class" works the same way
    with FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
        proxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
        yield proxy, proxy.snapshot()


@pytest.fixture
def proxy(shared):  # every test starts from the same state, own time included
    proxy, seeded = shared
    proxy.begin_from(seeded)
    return proxy


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_finds_the_seeded_state(proxy, run):
    assert len(proxy.sessions) == 0
    proxy.add_session("rides", participants=["+14155550100", "+14155550101"], ttl=60)
    proxy.clock.advance(minutes=1)
    assert next(iter(proxy.sessions.values())).status == "closed"
