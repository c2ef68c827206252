"""What each attack begins with: a place of its own, as the integration tests have."""

from tests.integration.conftest import place  # noqa: F401 -- a fixture
