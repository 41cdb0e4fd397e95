"""
The published Python SDK (deltadefi 1.1.1, sidan-gin 0.1.7) signs what we build, unmodified.

Our `CardanoSigner` stands in for its native module, and is held to the bytes that one wrote.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import CardanoSigner
import pytest
import requests
from deltadefi.clients import ApiClient
from requests.adapters import BaseAdapter
from sidan_gin import Wallet, decrypt_with_cipher, encrypt_with_cipher

from countermand.venues.deltadefi.cardano import operation_key, transaction

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "vectors" / "cardano.json").read_text())
KEY: dict[str, str] = VECTORS["key"]
ROOT: str = KEY["root_key_bech32"]
NATIVE: dict[str, Any] = VECTORS["native"]
BUILT: str = VECTORS["signing"][0]["tx_hex_unsigned"]
POSTED: list[dict[str, Any]] = [it for it in VECTORS["post_order"] if it["client"] == "python_sdk"]


@pytest.mark.parametrize("case", VECTORS["signing"], ids=lambda case: case["name"])
def test_standin_signs_as_the_native_module(case: dict[str, str]) -> None:
    """The eight documented shapes, to the byte."""
    signed = CardanoSigner.sign_bech32(ROOT, KEY["derivation_path"], case["tx_hex_unsigned"])

    assert case["signed_tx"] == signed


@pytest.mark.parametrize("case", NATIVE["paths"], ids=lambda case: case["path"])
def test_standin_takes_any_path(case: dict[str, str]) -> None:
    """A path without "m" loses its first step, as in the native module."""
    assert case["signed_tx"] == CardanoSigner.sign_bech32(ROOT, case["path"], BUILT)


@pytest.mark.parametrize("case", NATIVE["mnemonics"], ids=lambda case: case["mnemonic"][:12])
def test_standin_takes_a_recovery_phrase(case: dict[str, str]) -> None:
    """Phrases of 24 words and of 12."""
    signed = CardanoSigner.sign_mnemonic(case["mnemonic"], KEY["derivation_path"], BUILT)

    assert case["signed_tx"] == signed


@pytest.mark.parametrize("case", NATIVE["cli"], ids=["seed"])
def test_standin_takes_a_plain_key(case: dict[str, str]) -> None:
    """The key is without its CBOR head, as the command line writes it."""
    assert case["signed_tx"] == CardanoSigner.sign_cli(case["ed25519_seed_hex"], BUILT)


@pytest.mark.parametrize("case", VECTORS["signing"], ids=lambda case: case["name"])
def test_sdk_wallet_signs_to_the_byte(case: dict[str, str]) -> None:
    """Through the published wallet."""
    assert case["signed_tx"] == Wallet.new_root_key(ROOT).sign_tx(case["tx_hex_unsigned"])


def test_sdk_opens_our_sealed_key() -> None:
    """The SDK finds a wrong passcode too."""
    sealed = operation_key.encrypt(ROOT, "pass \u20ac", b"0123456789abcdef", b"0123456789ab")

    assert ROOT == decrypt_with_cipher(sealed, "pass \u20ac")
    with pytest.raises(ValueError, match="incorrect password"):
        decrypt_with_cipher(sealed, "pass")


def test_we_open_what_the_sdk_seals() -> None:
    """The older format, without a salt."""
    assert ROOT == operation_key.decrypt(encrypt_with_cipher(ROOT, "passcode"), "passcode")


class Exchange(BaseAdapter):
    """Answers the SDK's requests with what we build and seal, and keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str | None, str | None, Any]] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer one request."""
        body = json.loads(request.body) if request.body else None
        self.requests.append((request.method, request.path_url, body))
        response = requests.Response()
        response.status_code = 200
        response.url = request.url or ""
        response._content = json.dumps(self.answer(request.path_url)).encode()
        return response

    def answer(self, path: str) -> dict[str, str]:
        """Return the body for a path."""
        sealed = operation_key.encrypt(ROOT, "passcode", b"0123456789abcdef", b"0123456789ab")
        built = POSTED[0]["built"]["order_id"]
        return {
            "/accounts/operation-key": {"encrypted_operation_key": sealed},
            "/order/build": {"order_id": built, "tx_hex": transaction.build(built)},
            "/order/submit": {"id": built},
        }[path]

    def close(self) -> None:
        """Hold nothing."""


def test_sdk_posts_an_order_as_captured() -> None:
    """The key loaded, the order built, signed and submitted, byte for byte, and verified."""
    exchange, client = Exchange(), ApiClient(base_url="http://exchange", api_key="key")
    for part in (client.accounts, client.orders):
        part.session.mount("http://", exchange)
    client.load_operation_key("passcode")
    client.post_order("ADAUSDM", "buy", "limit", base_quantity="100", price="0.93")
    sent = [{"method": m, "path": path, "body": body} for m, path, body in exchange.requests[1:]]
    submitted = sent[-1]["body"]
    key_hash = bytes.fromhex(KEY["operation_key_hash_hex"])

    assert [it["request"] for it in POSTED] == sent
    assert transaction.verify(submitted["signed_tx"], submitted["order_id"], key_hash).ignored == 0
