"""`standalone()`: one SQLite file, secrets in an owner-only file, tasks in the same SQLite file."""

from functools import cache
from typing import TYPE_CHECKING

from functions.application.ports import Documents, Secrets
from functions.composing import Product, clock, ports
from functions.entrypoints.http.authenticator import key_authenticator
from functions.entrypoints.http.key_proof import KeyProof
from functions.settings import Environment

if TYPE_CHECKING:
    from functions.adapters.sqlite.file import SqliteFile
    from functions.adapters.sqlite.tasks import SqliteTasks
    from functions.entrypoints.console.session import Sessions


def standalone(environment: Environment) -> Product:
    """Compose over the files in the state directory; raises `Refused` where it cannot be used."""
    from functions.adapters.secrets.local_keys import local_keys, state_directory

    state_directory(environment.state_dir)
    keys = local_keys(environment.state_dir, environment.webhook_keys, environment.console_key)

    @cache
    def file() -> "SqliteFile":
        from functions.adapters.sqlite.file import SqliteFile

        return SqliteFile(environment.state_dir / "sync.sqlite")

    def documents() -> Documents:
        from functions.adapters.sqlite.documents import SqliteDocuments

        return SqliteDocuments(file(), clock)

    @cache
    def tasks() -> "SqliteTasks":
        from functions.adapters.sqlite.tasks import SqliteTasks

        return SqliteTasks(file())

    def secret_store() -> Secrets:
        from functions.adapters.secrets.file_secrets import FileSecrets

        return FileSecrets(environment.state_dir / "secrets.json")

    made = ports(environment, keys.webhook_keys, documents=documents, secret_store=secret_store, tasks=tasks)

    proof = KeyProof(made, keys.console_key)

    @cache
    def sessions() -> "Sessions":
        from functions.entrypoints.console.session import KeySessions

        return KeySessions(made, proof, reader_key=environment.console_reader_key)

    authenticator = key_authenticator(proof)
    return Product(environment, made, authenticator, authenticator, sessions, keys.console_key, tasks)
