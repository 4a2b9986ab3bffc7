"""The people of the furniture shop Harbour & Pine: customers in Ireland, Britain, the US, Germany and Japan."""

from __future__ import annotations

from typing import Any

from app.sandbox import people
from app.sandbox.ids import named_id
from app.sandbox.seed_crowd import CROWD

Json = dict[str, Any]
Row = tuple[str, str, str | None, str | None, str | None, str | None, int, Json]
"""(id, role, name, email, phone, country, age in days, further fields). `cdas` sets custom attributes."""

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff " * 5 + "the Twentieth of Cork"
"""More than two hundred characters; cut where it is used."""


def _channel(slug: str, **values: str) -> Json:
    return {"cdas": {"kinbox_channel": slug, **{f"kinbox_{name}": value for name, value in values.items()}}}


def _customer(plan: str, value: float, **more: Any) -> Json:
    return {"cdas": {"plan": plan, "lifetime_value": value, **more.pop("cdas", {})}, **more}


SPECIAL: tuple[Row, ...] = (
    (people.MAYA_LEAD, "lead", "Maya R.", None, "+353 1 555 0123", "Ireland", 2, _channel("twilio")),
    (
        people.MAYA_USER,
        "user",
        "Maya Reilly",
        "maya.reilly@quayside.example",
        "00353 1 5550123",
        "Ireland",
        640,
        _customer("home", 4210.5, external_id="cust-1001", tags=["7001"], companies=["quayside"], notes=1),
    ),
    (people.TELEGRAM_LEAD, "lead", "ゆき", None, None, "Japan", 1, _channel("telegram", telegram_id="5201340987")),
    (
        people.TELEGRAM_USER,
        "user",
        "森 由紀",
        "yuki.mori@kaede.example",
        "+81 3-5550-0142",
        "Japan",
        410,
        _customer("studio", 9800.0, external_id="cust-1002", owner_id=people.MIKA),
    ),
    (people.EMAIL_LEAD, "lead", "tom", "tom.baker@bakehouse.example", None, "United Kingdom", 5, {}),
    (
        people.EMAIL_USER,
        "user",
        "Thomas Baker",
        "Tom.Baker@bakehouse.example",
        "020 7946 0123",
        "United Kingdom",
        900,
        _customer("trade", 15320.0, external_id="cust-1003", companies=["bakehouse"], tags=["7002"]),
    ),
    (
        people.US_USER,
        "user",
        "Jordan Ellis",
        "jordan.ellis@mission.example",
        "(415) 555-0100",
        "United States",
        300,
        _customer("home", 780.0, external_id="cust-1004"),
    ),
    (people.US_LEAD, "lead", "Jordan", None, None, "United States", 1, _channel("whatsapp")),
    (
        people.LAN_USER,
        "user",
        "Nguye\u0302\u0303n Thi\u0323 Lan",
        "lan.nguyen@lotusbay.example",
        "(206) 555-0134",
        "United States",
        108,
        _customer("studio", 1100.0, external_id="cust-1108"),
    ),
    (people.LAN_LEAD, "lead", "Lan", None, "+12065550134", "United States", 2, _channel("vonage")),
    (
        people.SHARED_PHONE_FIRST,
        "user",
        "Ada Okafor",
        "ada@okafor.example",
        "+44 7700 900123",
        "United Kingdom",
        500,
        _customer("home", 640.0, external_id="cust-1005"),
    ),
    (
        people.SHARED_PHONE_SECOND,
        "user",
        "Chidi Okafor",
        "chidi@okafor.example",
        "07700 900123",
        "United Kingdom",
        200,
        _customer("home", 120.0, external_id="cust-1006"),
    ),
    (people.SHARED_PHONE_LEAD, "lead", None, None, "+447700900123", "United Kingdom", 1, _channel("vonage")),
    (people.TWIN_LEAD_FIRST, "lead", "Lena", None, "+49 151 23456789", "Germany", 12, _channel("messagebird")),
    (
        people.TWIN_LEAD_SECOND,
        "lead",
        "Lena Vogt",
        "lena.vogt@elbe.example",
        "+4915123456789",
        "Germany",
        3,
        _channel("whatsapp"),
    ),
    (
        people.TWIN_USER_FIRST,
        "user",
        "Sofia Marino",
        "sofia.marino@atelier.example",
        "+1 212 555 0147",
        "United States",
        700,
        _customer("home", 2100.0, external_id="cust-1007"),
    ),
    (
        people.TWIN_USER_SECOND,
        "user",
        "S. Marino (Atelier)",
        "sofia.marino@atelier.example",
        "+12125550147",
        "United States",
        90,
        _customer("trade", 8800.0, external_id="trade-207", companies=["atelier"]),
    ),
    (
        people.ARCHIVED_USER,
        "user",
        "Pat Quinn",
        "pat.quinn@oldlane.example",
        "+353 1 555 0166",
        "Ireland",
        1200,
        _customer("home", 40.0, external_id="cust-1008", state="archived"),
    ),
    (
        people.MERGED_SURVIVOR,
        "user",
        "Niamh Byrne",
        "niamh.byrne@harbourmail.example",
        "+353 1 555 0177",
        "Ireland",
        380,
        _customer("home", 1350.0, external_id="cust-1009", tags=["7003"]),
    ),
    (
        people.MERGED_LEAD,
        "lead",
        "Niamh",
        None,
        "+35315550177",
        "Ireland",
        25,
        {**_channel("viber", viber_id="01234567890A="), "merged_into": people.MERGED_SURVIVOR},
    ),
    (
        people.DELETED_USER,
        "user",
        "Greg Holt",
        "greg.holt@leaving.example",
        "+1 415 555 0171",
        "United States",
        800,
        _customer("home", 0.0, external_id="cust-1010", state="deleted"),
    ),
    (
        people.BLOCKED_USER,
        "user",
        "Prize Department",
        "winner@spam.example",
        "+1 415 555 0199",
        "United States",
        40,
        {"external_id": "cust-1011", "state": "blocked"},
    ),
    (
        people.HOSTILE_LEAD,
        "lead",
        "[click](https://evil.example) *bold*",
        None,
        "+1 415 555 0133",
        "United States",
        1,
        _channel("instagram", instagram_id="17841400000000001"),
    ),
    (
        people.LONG_USER,
        "user",
        LONG_NAME[:200],
        f"{'long.' * 20}address@cork.example",
        "+353 21 555 0155",
        "Ireland",
        60,
        _customer("home", 99.0, external_id="x" * 200),
    ),
    (people.BLANK_LEAD, "lead", None, None, None, None, 1, {}),
    (
        people.EMOJI_LEAD,
        "lead",
        "🪑 Zoë 👩‍👩‍👧 🇮🇪",
        None,
        "+353 1 555 0188",
        "Ireland",
        4,
        _channel("line", line_id="U4af49806"),
    ),
    (
        people.FACEBOOK_LEAD,
        "lead",
        "Marta Silva",
        "marta@silva.example",
        None,
        None,
        15,
        {"_channel": "facebook"},
    ),
    (
        people.UNRELATED_USER,
        "user",
        "Grace Hopper-Lane",
        "grace@lane.example",
        "+44 20 7946 0188",
        "United Kingdom",
        150,
        _customer("trade", 4700.0, external_id="cust-1012"),
    ),
    (
        people.CONFLICT_LEAD,
        "lead",
        "Bjørn (mobile)",
        "bjorn.private@fjord.example",
        "+4420 7946 0145",
        "United Kingdom",
        8,
        {
            "cdas": {"kinbox_channel": "twilio", "plan": "studio", "favourite_wood": "ash"},
            "owner_id": people.DECLAN,
            "tags": ["7001", "7003"],
            "companies": ["fjord"],
            "notes": 2,
            "browser": "safari",
        },
    ),
    (
        people.CONFLICT_USER,
        "user",
        "Bjørn Haugen",
        "bjorn@fjord.example",
        "+442079460145",
        "United Kingdom",
        720,
        _customer("trade", 22000.0, external_id="cust-1013", owner_id=people.ROSA, tags=["7002", "7003"], notes=1),
    ),
)


def rows() -> list[Row]:
    """Everybody, the people with a story first."""
    listed = list(SPECIAL)
    for number, (role, name, email, phone, country) in enumerate(CROWD, start=1):
        more: Json = {}
        if role == "user":
            plan = ("home", "studio", "trade")[number % 3]
            more = _customer(plan, round(137.5 * number, 2), external_id=f"cust-{1100 + number}")
        elif number % 2:
            more = _channel("twilio")
        listed.append((named_id(f"other-{number}"), role, name, email, phone, country, 20 + 11 * number, more))
    return listed
