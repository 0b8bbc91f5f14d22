import booking
import vcr

SERVICE = "KS00000000000000000000000000000001"


def test_a_cassette_is_recorded_from_the_fake(fakeproxy, tmp_path):
    fakeproxy.add_service(sid=SERVICE, numbers=["+14155550001"])

    with vcr.use_cassette(
        str(tmp_path / "booking.yaml"), filter_headers=["Authorization"]
    ) as cassette:
        session, _ = booking.book(SERVICE, "+14155550100", "+14155550101")
        booking.cancel(SERVICE, session)

    assert len(cassette) == len(fakeproxy.journal) == 4
