"""An integration's keyed digest: replaces texts in the store, and makes ids that nobody else can make."""

import hmac

from functions.application.ports import Ports
from functions.domain.model.errors import AccessRevoked, System
from functions.domain.model.identity import Digest
from functions.domain.model.messages import say
from functions.domain.settings.integration import Integration


def digest_of(ports: Ports, integration: Integration) -> Digest:
    """Return the integration's keyed digest ("" stays ""); its key is read when first needed."""
    kept: list[bytes] = []

    def digest(text: str) -> str:
        if not text:
            return ""
        if not kept:
            kept.append(_key(ports, integration))
        return hmac.digest(kept[0], text.encode(errors="surrogatepass"), "sha256").hex()[:24]

    return digest


def _key(ports: Ports, integration: Integration) -> bytes:
    version = integration.secret_versions.get("digest_key", "")
    found = ports.secrets.get(integration.id, "digest_key", version) if version else None
    if found is None:
        raise AccessRevoked(
            say(
                "the digest key of integration {} is not in the secret store; save its settings once more",
                integration.id,
            ),
            reason="no_digest_key",
            side=System.SERVICE,
        )
    return found.encode()
