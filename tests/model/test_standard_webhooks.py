"""Signatures are those of the specification, and only endpoints that keep a secret are told anything."""

import pytest

from model.standard_webhooks import headers, key_of, must_be_endpoint

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_signature_is_the_one_that_the_specifications_libraries_give():
    signed = headers(key_of(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signed["webhook-timestamp"] == "1614265330"


@pytest.mark.parametrize(
    ("secret", "why"),
    [("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begin"), ("whsec_!!", "base64"), ("whsec_c2hvcnQ=", "5 bytes")],
)
def test_a_secret_that_is_none_is_told(secret: str, why: str):
    with pytest.raises(ValueError, match=why):
        key_of(secret)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/hook", "not https"),
        ("ftp://example.com", "no address"),
        ("example.com", "no address"),
        ("https://me:pw@example.com/", "password"),
    ],
)
def test_an_address_that_does_not_do_is_told(url: str, why: str):
    with pytest.raises(ValueError, match=why):
        must_be_endpoint(url)


def test_https_and_this_machine_do():
    must_be_endpoint("https://example.com/hook")
    must_be_endpoint("http://127.0.0.1:8000/hook")
