import masking_before as masking
import pytest


@pytest.fixture(autouse=True)
def _mock_mode(monkeypatch):
    monkeypatch.setattr(masking, "FAKE_TWILIO", True)


def test_a_session_is_open_until_it_ends():
    session, numbers = masking.mask("KS123", "+14155550100", "+14155550101", hours=2)
    assert numbers == ["+15555550001", "+15555550002"]
    assert not masking.is_over("KS123", session)

    masking.end("KS123", session)
    assert masking.is_over("KS123", session)
