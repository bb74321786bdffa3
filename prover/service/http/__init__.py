"""`prover server`: Lean, the search and the verifier over HTTP (docs/service.md).

`app` puts it together: `guard` refuses requests before anything reads them, `turns` says whose turn it is,
`engines` is the Lean behind all routes. Each module with a `router` has the routes of one interface: `kimina`, ...
"""
