"""What customers and teammates of Harbour & Pine wrote to each other."""

from __future__ import annotations

from app.sandbox import people
from app.sandbox.ids import named_id

Line = tuple[str, str]
"""(who, text). Who is `customer`, a teammate's id, `note:<teammate>`, or `close:<teammate>`."""
Thread = tuple[str, str, str, int, tuple[Line, ...]]
"""(conversation id, contact id, source type, minutes since its last line, lines). The first line opens it."""


def _rosa(text: str) -> Line:
    return (people.ROSA, text)


def _declan(text: str) -> Line:
    return (people.DECLAN, text)


def _said(text: str) -> Line:
    return ("customer", text)


THREADS: tuple[Thread, ...] = (
    (people.MAYA_CONVERSATION, people.MAYA_LEAD, "sms", 6, (
        _said("Hi, is my walnut sideboard still coming on Thursday?"),
        _rosa("Hello! Could you tell me the order number, please?"),
        _said("It is HP-20418, under Maya Reilly. I write from my phone now."),
    )),
    (people.TELEGRAM_CONVERSATION, people.TELEGRAM_LEAD, "telegram", 18, (
        _said("こんにちは。東京への配送について聞きたいです。"),
        ("note:" + people.MIKA, "Sounds like Mori-san from the Kaede studio. No phone, no email here."),
        _said("Sorry, in English: do you deliver the Pine desk to Tokyo?"),
    )),
    (people.US_CONVERSATION, people.US_LEAD, "whatsapp", 27, (
        _said("Hey, the armchair arrived with a torn seam 😕"),
        _said("Photo follows. My account is under jordan.ellis I think"),
    )),
    (people.TWIN_CONVERSATION, people.TWIN_LEAD_SECOND, "whatsapp", 55, (
        _said("Guten Tag, haben Sie den Esstisch auch in Esche?"),
        _declan("Good morning Lena! Yes, ash takes three weeks."),
        _said("Perfekt, danke."),
    )),
    (people.SHARED_PHONE_CONVERSATION, people.SHARED_PHONE_LEAD, "sms", 80, (
        _said("Can we move our delivery to Saturday?"),
        _rosa("Of course. Is this for Ada's order or for Chidi's?"),
    )),
    (people.HOSTILE_CONVERSATION, people.HOSTILE_LEAD, "instagram", 95, (
        _said("<script>alert(1)</script> **free sofas** [win](javascript:alert(1))"),
        _said("https://evil.example/?q=\"><img src=x onerror=alert(2)>"),
    )),
    (people.EMAIL_CONVERSATION, people.EMAIL_LEAD, "email", 130, (
        _said("Dear Harbour & Pine,\n\nplease send me the invoice of our last order again.\n\nRegards\nTom"),
        _rosa("Dear Tom, which of your accounts is it for?"),
    )),
    (people.CONFLICT_CONVERSATION, people.CONFLICT_LEAD, "sms", 190, (
        _said("Do you still oil the tops by hand? The ash one got a stain."),
        _declan("We do. Bring it in any weekday, or we collect it for 40."),
        _said("Collect it please. Same address as always."),
        ("note:" + people.DECLAN, "Which address? This lead has none. The trade account Haugen has two."),
    )),
    (people.BLANK_CONVERSATION, people.BLANK_LEAD, "conversation", 240, (
        _said("hello?"),
    )),
    (people.USER_CONVERSATION, people.MAYA_USER, "conversation", 60 * 24 * 9, (
        _said("I would like the walnut sideboard, 180 cm, please."),
        _rosa("With pleasure. It is HP-20418, delivery in about ten days."),
        _said("Wonderful, thank you!"),
        ("close:" + people.ROSA, "You're welcome, Maya."),
    )),
    (people.MERGED_CONVERSATION, people.MERGED_SURVIVOR, "viber", 60 * 24 * 21, (
        _said("Hi, it's Niamh. Did my bookcase ship?"),
        _declan("It left the workshop this morning."),
        ("close:" + people.DECLAN, ""),
    )),
    ("8012", people.EMOJI_LEAD, "line", 320, (
        _said("🪑🪑🪑 ❤️ price?"),
        _rosa("The Liffey chair is 189 euro, three are 540."),
    )),
    ("8013", people.FACEBOOK_LEAD, "facebook", 400, (
        _said("Do you have a shop in Porto?"),
        _rosa("Not yet, but we ship there every second week."),
    )),
    ("8014", people.TWIN_LEAD_FIRST, "sms", 60 * 24 * 11, (
        _said("Hallo, wie lange ist die Lieferzeit fuer den Esstisch?"),
        _rosa("About three weeks to Hamburg."),
        ("close:" + people.ROSA, ""),
    )),
    ("8015", people.EMAIL_USER, "email", 60 * 24 * 30, (
        _said("We need forty stools by June for the new bakery. Can you do a trade price?"),
        _declan("Yes: 62 each, in beech. I put the offer in your account."),
        _said("Accepted."),
        ("close:" + people.DECLAN, ""),
    )),
    ("8016", named_id("other-1"), "whatsapp", 500, (
        _said("مرحبا، متى يصل طلبي؟"),
        _rosa("Hello Leila, it arrives on Monday between nine and twelve."),
    )),
    ("8017", named_id("other-3"), "conversation", 700, (
        _said("Καλημέρα! Μπορώ να αλλάξω το χρώμα;"),
        _rosa("Good morning! Yes, until Friday."),
    )),
    ("8018", people.TWIN_USER_SECOND, "email", 60 * 24 * 2, (
        _said("The trade invoice went to my private account again. Can you put the two together?"),
    )),
)  # fmt: skip
