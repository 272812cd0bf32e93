"""Official papers: numbers without gaps, Word and PDF, templates of the clerks' own, certificates that can be verified.

Domains declare `PaperKind`s and call `register` in their apps.py, `services.issue` in a verb, `queries.papers_about`
for a page.
"""

from gongjia.engines.papers.kinds import Certificate, Field, Form, Grid, Letter, PaperKind, Roster, Table, register

__all__ = ["Certificate", "Field", "Form", "Grid", "Letter", "PaperKind", "Roster", "Table", "register"]
