"""Sends webhooks as fast as they are accepted: `python -m tests.bench.flood ADDRESS WEBHOOKS`.

Prints how many it sent a second; exits with 1 and a sentence if some were not accepted.
"""

import http.client
import json
import sys
import threading
import time
from urllib.parse import SplitResult, urlsplit

SENDERS = 8  # connections that they come over at the same time


def main() -> None:
    address, webhooks = urlsplit(sys.argv[1]), int(sys.argv[2])
    share, accepted = webhooks // SENDERS, list[bool]()
    shares = (range(first, first + share) for first in range(0, share * SENDERS, share))
    threads = [threading.Thread(target=_send, args=(address, each, accepted)) for each in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if sum(accepted) < share * SENDERS:
        sys.exit(f"{sum(accepted)} of {share * SENDERS} webhooks of the flood were accepted")
    print(share * SENDERS / (time.perf_counter() - began))


def _send(address: SplitResult, numbers: range, accepted: list[bool]) -> None:
    """Send webhooks of made-up ids over one connection, and note of each whether it was accepted."""
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    for number in numbers:
        connection.request("POST", f"{address.path}?{address.query}", json.dumps({"id": 900_000 + number}))
        answer = connection.getresponse()
        answer.read()
        accepted.append(answer.status == http.HTTPStatus.ACCEPTED)


if __name__ == "__main__":
    main()
