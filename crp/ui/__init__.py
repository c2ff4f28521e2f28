"""Template tags, form renderer, pages and parts, formats. Imports no app but crp.verbs."""
