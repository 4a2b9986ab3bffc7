"""The cases of matching by phone, held against the rules alone and against the whole way of a message."""

from __future__ import annotations

# number, what the contact holds, who writes, the workspace's country, whether they are the same line
CASES: list[tuple[int, str, str, str, bool]] = [
    (1, "+14155550100", "+14155550100", "US", True),  # identical E.164
    (2, "14155550100", "+14155550100", "US", True),  # plus missing; leading 1 is the country code
    (3, "(415) 555-0100", "+14155550100", "US", True),  # national punctuation
    (4, "415-555-0100", "+14155550100", "US", True),  # national punctuation
    (5, "415.555.0100", "+14155550100", "US", True),  # dots
    (
        6,
        "001 415 555 0100",
        "+14155550100",
        "US",
        True,
    ),  # 00 must be turned into + first: the library alone misreads it in region US
    (7, "011 1 415 555 0100", "+14155550100", "US", True),  # 011 is the exit code inside +1 countries
    (8, "0014155550100", "+14155550100", "GB", True),  # 00 exit code, foreign default region
    (
        9,
        "+1 415 555 0100 ext. 42",
        "+14155550100",
        "US",
        True,
    ),  # extension ignored (rank below a contact without one)
    (10, "415-555-0100 x42", "+14155550100", "US", True),  # extension ignored
    (11, "14155550100", "+14155550100", "GB", True),  # too long as a GB number, so read as international
    (12, "14155550100", "+14155550100", "DE", True),  # possible but not valid in DE; valid as international
    (13, "4155550100", "+14155550100", "GB", False),  # ten digits, no country: GB reading is another number
    (
        14,
        "(415) 555-0100",
        "14155550100",
        "US",
        True,
    ),  # sender without + (Vonage, MessageBird, TextMagic, WhatsApp id style)
    (15, "(415) 555-0100", "whatsapp:+14155550100", "US", True),  # channel prefix removed
    (16, "555-0100", "+14155550100", "US", False),  # local-only seven digits carry no area code
    (17, "+1 415 555 0101", "+14155550100", "US", False),  # one digit differs
    (
        18,
        "+1 212 555 0100",
        "+14155550100",
        "US",
        False,
    ),  # same last seven digits, other area: never compare suffixes
    (19, "+44 (0)20 7946 0123", "+442079460123", "GB", True),  # (0) trunk zero after the country code
    (20, "020 7946 0123", "+442079460123", "GB", True),  # national form, right default region
    (21, "020 7946 0123", "+442079460123", "US", False),  # national form, wrong default region
    (
        22,
        "07700 900123",
        "+447700900123",
        "GB",
        True,
    ),  # fictitious range: possible, not valid; must still match
    (23, "+4407700900123", "447700900123", "GB", True),  # trunk zero kept by hand after +44
    (24, "0044 7700 900123", "+447700900123", "US", True),  # 00 rewritten whatever the default region
    (25, "0412 345 678", "+61412345678", "AU", True),  # national mobile with trunk zero
    (
        26,
        "0412 345 678",
        "+61412345678",
        "DE",
        False,
    ),  # DE reading is another number; the sender region is never used to read the stored value
    (27, "+61 0412 345 678", "61412345678", "AU", True),  # trunk zero kept by hand after +61
    (28, "+52 1 55 1234 5678", "+525512345678", "MX", True),  # alias: old mobile 1 after +52
    (29, "+52 55 1234 5678", "whatsapp:+5215512345678", "MX", True),  # alias: WhatsApp still uses 521
    (30, "55 1234 5678", "5215512345678", "MX", True),  # alias plus national form
    (31, "+54 9 11 2345 6789", "+541123456789", "AR", True),  # alias: mobile 9 after +54
    (32, "011 15-2345-6789", "+5491123456789", "AR", True),  # library turns 15 into 9
    (33, "+54 11 2345-6789", "5491123456789", "AR", True),  # alias: 9 missing in the stored value
    (34, "+55 11 8765-4321", "+5511987654321", "BR", True),  # alias: ninth digit missing in the stored value
    (
        35,
        "(11) 98765-4321",
        "551187654321",
        "BR",
        True,
    ),  # alias: ninth digit missing in the sender (WhatsApp id)
    (36, "+55 11 3333-4444", "+5511933334444", "BR", False),  # landline block 2-5 never takes the ninth digit
    (37, "06 6981 2345", "+390669812345", "IT", True),  # Italian leading zero is part of the number
    (38, "+39 6 6981 2345", "+390669812345", "IT", False),  # zero dropped by hand: not guessed
    (39, "+39 347 123 4567", "393471234567", "IT", True),  # Italian mobiles have no leading zero
    (40, "07 07 01 23 45", "+2250707012345", "CI", True),  # ten digits since January 2021, leading zero kept
    (41, "+225 07 01 23 45", "+2250707012345", "CI", True),  # alias: stored before 2021 (eight digits)
    (42, "07012345", "2250707012345", "CI", True),  # alias: eight digits, national
    (43, "+229 97 12 34 56", "+2290197123456", "BJ", True),  # alias: Benin added 01 in November 2024
    (44, "0712 345678", "+254712345678", "KE", True),  # national form
    (45, "254712345678", "+254712345678", "US", True),  # too long for US, valid as international
    (46, "06 12 34 56 78", "+33612345678", "FR", True),  # pairs
    (47, "+33 (0)6 12 34 56 78", "0033612345678", "FR", True),  # trunk zero, sender with 00
    (48, "8 (916) 123-45-67", "+79161234567", "RU", True),  # trunk 8
    (
        49,
        "4915123456789",
        "+4915123456789",
        "DE",
        True,
    ),  # country code first: the library calls the national reading +494915123456789 valid
    (50, "0151/23456789", "+4915123456789", "DE", True),  # slash as separator inside one number
    (51, "+14155550100, +14155550111", "+14155550111", "US", True),  # two numbers in one field
    (
        52,
        "415 555 0100 (home)",
        "+14155550100",
        "US",
        True,
    ),  # words around the number: use the matcher, parse() turns letters into digits
    (53, "1-800-FLOWERS", "+18003569377", "US", False),  # vanity letters are not decoded
    (
        54,
        "+1 555 123 4567",
        "+15551234567",
        "US",
        True,
    ),  # area code 555 does not exist: possible, not valid; must still match
    (
        55,
        "\u202a+1\u00a0415\u00a0555\u20110100\u202c",
        "+14155550100",
        "US",
        True,
    ),  # invisible marks, no-break spaces and hyphen pasted from a phone (U+202A, U+00A0, U+2011, U+202C)
    (56, "＋１４１５５５５０１００", "+14155550100", "US", True),  # full-width digits
    (57, "(242) 365-1234", "+12423651234", "US", True),  # Bahamas shares +1: area code decides
    (58, "9876543210", "+919876543210", "US", False),  # US reading
    (59, "9876543210", "+919876543210", "IN", True),  # national form, right default region
    (
        60,
        "6045550100",
        "+16045550100",
        "CA",
        True,
    ),  # national reading wins for stored values (it is also a valid +60 number)
    (61, "40404", "40404", "US", False),  # short code: a sender, not a phone
    (62, "84433", "84433", "ZA", False),  # short code guard comes before the library (which says valid)
    (63, "AcmeInc", "AcmeInc", "US", False),  # alphanumeric sender id has no phone
    (
        64,
        "+14155550100",
        "US.13491208655302741918",
        "US",
        False,
    ),  # WhatsApp business-scoped user id is not a number
    (65, "n/a", "+14155550100", "US", False),  # nothing to parse
]
