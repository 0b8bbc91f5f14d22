"""Paging: each row once, in order, at any page size, while rows come and go."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from tests.api.http import Http

CHANGES = st.lists(st.tuples(st.sampled_from(["add", "remove", "remove under token"]), st.integers(0, 30)), max_size=4)


@given(
    count=st.integers(0, 25),
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5),
    changes=st.lists(CHANGES, max_size=6),
    newest_first=st.booleans(),
)
def test_what_stays_is_seen_once_and_in_order(
    count: int, sizes: list[int], changes: list[list[tuple[str, int]]], newest_first: bool
) -> None:
    with FakeProxy(intercept=False, behavior={"newest_first": newest_first}) as proxy:
        http = Http(proxy)
        path = f"/Services/{proxy.add_service().sid}/Sessions"
        for _ in range(count):
            http("POST", path)
        stayed = list(proxy.sessions)
        seen: list[str] = []
        url: str | None = f"{path}?PageSize={sizes[0]}"
        page = 0
        while url:
            body = http("GET", url).json
            rows = [row["sid"] for row in body["sessions"]]
            seen += rows
            for kind, number in changes[page] if page < len(changes) else []:
                sids = list(proxy.sessions)
                if kind == "add" and not newest_first:
                    http("POST", path)
                elif kind == "remove under token" and rows and rows[-1] in sids:
                    http("DELETE", f"{path}/{rows[-1]}")
                elif kind == "remove" and sids:
                    http("DELETE", f"{path}/{sids[number % len(sids)]}")
            page += 1
            assert page < 100, "a list without an end"
            url = next_of(body, sizes[page % len(sizes)])
        assert len(seen) == len(set(seen))
        left = [sid for sid in stayed if sid in proxy.sessions]
        expected = left[::-1] if newest_first else left
        assert [sid for sid in seen if sid in left] == expected


def next_of(body: dict[str, Any], size: int) -> str | None:
    """The next page as a client follows it, but asked for with another size."""
    url: str | None = body["meta"]["next_page_url"]
    if url is None:
        return None
    return url.removeprefix("https://proxy.twilio.com/v1").replace(
        f"PageSize={body['meta']['page_size']}&", f"PageSize={size}&"
    )


@given(count=st.integers(1, 20), size=st.integers(1, 6), newest_first=st.booleans())
def test_the_way_back_shows_the_same_pages(count: int, size: int, newest_first: bool) -> None:
    with FakeProxy(intercept=False, behavior={"newest_first": newest_first}) as proxy:
        http = Http(proxy)
        path = f"/Services/{proxy.add_service().sid}/Sessions"
        for _ in range(count):
            http("POST", path)

        def walk(url: str | None, link: str) -> list[dict[str, Any]]:
            pages: list[Any] = []
            while url:
                assert len(pages) < 100, "a list without an end"
                pages.append(http("GET", url.removeprefix("https://proxy.twilio.com/v1")).json)
                url = pages[-1]["meta"][link]
            return pages

        forth = walk(f"{path}?PageSize={size}", "next_page_url")
        back = walk(forth[-1]["meta"]["url"], "previous_page_url")
        assert [page["sessions"] for page in back[::-1]] == [page["sessions"] for page in forth]
