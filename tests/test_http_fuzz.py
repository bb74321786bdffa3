"""`prover server` under requests that schemathesis makes up from its OpenAPI page: every answer is one of those."""

import pytest
from hypothesis import HealthCheck, given, settings
from service_http import serving

pytest.importorskip("fastapi")
schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

EXAMPLES = 6
PATIENCE_S = 60
EVERY = list(HealthCheck)


@pytest.fixture(scope="module")
def server():
    with serving(max_timeout=2, max_jobs=20, max_sessions=20, idle_s=2) as running:
        yield running


@pytest.mark.long
def test_every_answer_is_one_that_the_page_tells_of(server):
    page = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    told = [
        schemathesis.checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    routes = [each.ok() for each in page.get_all_operations()]
    assert len(routes) >= 17
    for route in routes:

        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=EVERY)
        @given(case=route.as_strategy())
        def ask(case):
            case.call_and_validate(timeout=PATIENCE_S, checks=told)

        ask()
