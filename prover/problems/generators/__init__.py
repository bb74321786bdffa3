"""Problems made by generators whose truth is known: one family a function, five levels each."""
