from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from app.storage.crypto import SecretBox, UnreadableSecret


def new_key() -> str:
    return Fernet.generate_key().decode()


def test_what_was_put_in_comes_out_and_is_not_readable_meanwhile() -> None:
    box = SecretBox([new_key()])
    stored = box.encrypt("dG9rOm-übung")
    assert box.decrypt(stored) == "dG9rOm-übung"
    assert "dG9rOm" not in stored


def test_an_old_key_still_reads_and_rotation_makes_it_needless() -> None:
    old, new = new_key(), new_key()
    stored = SecretBox([old]).encrypt("secret")
    both = SecretBox([new, old])
    assert both.decrypt(stored) == "secret"
    assert SecretBox([new]).decrypt(both.rotate(stored)) == "secret"


def test_a_foreign_key_reads_nothing_and_says_how_to_mend_it() -> None:
    stored = SecretBox([new_key()]).encrypt("secret")
    for read in (SecretBox([new_key()]).decrypt, SecretBox([new_key()]).rotate):
        with pytest.raises(UnreadableSecret, match="KINBOX_ENCRYPTION_KEYS"):
            read(stored)


def test_the_keys_do_not_show() -> None:
    key = new_key()
    assert key not in repr(SecretBox([key]))
