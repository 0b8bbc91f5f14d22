from concurrent.futures import ThreadPoolExecutor

from twilio.rest import Client

from fakeproxy import FakeProxy


def book(name):  # a test, run in a thread beside others
    with FakeProxy(scope="context") as proxy:
        proxy.add_service(name)
        return [service.unique_name for service in Client().proxy.v1.services.list()]


def test_two_tests_in_two_threads_do_not_mix():
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(book, ["rides", "meals"])) == [["rides"], ["meals"]]
