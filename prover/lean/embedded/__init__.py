"""The Lean that comes with `pip`: installation of the npm package, its build, and the Node.js host (`*.mjs`)."""
