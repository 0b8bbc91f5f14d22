"""Area codes of North America that serve the same place (overlay complexes).

The table has the complexes of the United States and Canada as of 2024. A code that is not in it has no overlay.
"""

from __future__ import annotations

# Guess (inferred, the Service page): Twilio documents "overlay", "radius" and "extended-area-code" only as neighbouring
# codes. Here all three mean the overlay complex of the identifier's area code: a match here is one at Twilio, but not
# the other way round.
_COMPLEXES = """
201 551/202 771/203 475/205 659/206 564/208 986/209 350/210 726/212 332 646 917/213 323 738/214 469 945 972
215 267 445/217 447/220 740/223 717/224 847/227 240 301/234 330/235 573/236 250 257 604 672 778/248 947
256 938/263 438 514/270 364/272 570/274 920/279 916/281 346 621 713 832/283 513/289 365 742 905/303 720 983
304 681/305 645 786/306 474 639/309 861/310 424/312 773 872/314 557/315 680/317 463/318 457/321 407 689
326 937/327 870/331 630/336 743/339 781/341 510/343 613 753/347 718 917 929/351 978/353 608/354 450 579
357 559/360 564/363 516/367 418 581/368 403 587 780 825/369 707/380 614/382 226 519 548/385 801/402 531
404 470 678 770 943/405 572/408 669/410 443 667/412 724 878/415 628/416 437 647 942/419 567/428 506/430 903
431 204 584/436 440/442 760/448 850/458 541/464 708/468 819 873/471 662/472 910/480 602 623/484 610 835
503 971/508 774/512 737/518 838/530 837/534 715/539 918/540 826/561 728/571 703/582 814/601 769/609 640
615 629/617 857/618 730/619 858/624 716/631 934/657 714/683 705 249/702 725/704 980/706 762/732 848/747 818
754 954/757 948/779 815/782 902/803 839/804 686/805 820/813 656/816 975/817 682/821 864/840 909/843 854
845 329/860 959/862 973/904 324/919 984
"""

_COMPLEX_OF: dict[str, frozenset[str]] = {}
for _codes in _COMPLEXES.strip().replace("\n", "/").split("/"):
    _complex = frozenset(_codes.split())
    for _code in _complex:
        _COMPLEX_OF[_code] = _COMPLEX_OF.get(_code, frozenset()) | _complex


def same_place(area_code: str | None, other: str | None) -> bool:
    """Return whether two area codes of North America are equal or overlay each other."""
    return area_code == other or other in _COMPLEX_OF.get(area_code or "", ())
