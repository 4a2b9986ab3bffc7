"""Customers of Harbour & Pine without a story, in many scripts and with phones in many spellings."""

from __future__ import annotations

CROWD: tuple[tuple[str, str | None, str | None, str | None, str], ...] = (
    ("user", "ليلى حداد", "leila.haddad@cedar.example", "+44 20 7946 0101", "United Kingdom"),
    ("lead", "أحمد", None, "+447700900456", "United Kingdom"),
    ("user", "Ελένη Παπαδοπούλου", "eleni@aegean.example", "+44 20 7946 0102", "United Kingdom"),
    ("user", "प्रिया शर्मा", "priya.sharma@lotus.example", "+44 7700 900234", "United Kingdom"),
    ("lead", "आर्यन", None, "07700 900345", "United Kingdom"),
    ("user", "José Núñez", "jose.nunez@bahia.example", "+1 305 555 0121", "United States"),
    ("lead", "Zoe\u0308 O\u0301 Se\u0301", None, "+353 86 555 0119", "Ireland"),
    ("user", "山田 太郎", "taro.yamada@sumi.example", "03-5550-0111", "Japan"),
    ("user", "佐藤 花子", "hanako.sato@sumi.example", "+81 90-5550-1122", "Japan"),
    ("lead", "けんじ", None, "+819055503344", "Japan"),
    ("user", "Jürgen Weiß", "j.weiss@spree.example", "030 5550123", "Germany"),
    ("user", "Katharina Groß", "katharina@isar.example", "+49 (0)89 5550456", "Germany"),
    ("lead", "Uwe", None, "0049 170 5550789", "Germany"),
    ("user", "Siobhán Ní Dhomhnaill", "siobhan@gaeltacht.example", "+353 1 555 0131", "Ireland"),
    ("user", "Fionn Walsh", "fionn.walsh@liffey.example", "+353 87 555 0132", "Ireland"),
    ("user", "Aoife Kelly", "aoife.kelly@dunes.example", "+353 87 555 0143", "Ireland"),
    ("lead", None, None, "+353 85 555 0154", "Ireland"),
    ("lead", "Cormac", "cormac@oakroom.example", None, "Ireland"),
    ("user", "Emily Turner", "emily.turner@thames.example", "+44 20 7946 0155", "United Kingdom"),
    ("user", "Oliver Hughes", "oliver@severn.example", "0161 496 0166", "United Kingdom"),
    ("user", "Hannah D'Souza", "hannah.dsouza@mersey.example", None, "United Kingdom"),
    ("lead", "web visitor", None, None, "United Kingdom"),
    ("user", "Marcus Reed", "marcus.reed@bayou.example", "504-555-0177", "United States"),
    ("user", "Dana Whitfield", "dana@whitfield.example", "+1 (617) 555-0188", "United States"),
    ("user", "Priority Interiors Inc.", "orders@priority.example", "+1 212 555 0100 ext. 42", "United States"),
    ("lead", "Kim", None, "1 646 555 0144", "United States"),
    ("lead", "Andre", None, "+1 504 555 0155", "United States"),
    ("user", "Wei-Ling Chen", "weiling.chen@redwood.example", "415.555.0166", "United States"),
    ("user", "O'Neill & Sons, Ltd", "accounts@oneill.example", "+353 1 555 0190, +353 1 555 0191", "Ireland"),
)  # fmt: skip
"""(role, name, email, phone, country)."""
