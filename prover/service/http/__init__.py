"""`prover server`: Lean, the search and the verifier over HTTP (docs/service.md).

`app` puts it together: `guard` refuses requests before anything reads them, `turns` says whose turn it is, `service` is
what the routes stand on: `engines`, `jobs` (stored by `job_store`), `sessions`, `metrics`. Routes are in modules with a
`router`: `kimina`, `axle`, `proving` (with `searches` and `reports`), `job_routes`, `state_routes`, `health`,
`page_route` (with `page/`, put together by `assembled`), `docs_page`.
"""
