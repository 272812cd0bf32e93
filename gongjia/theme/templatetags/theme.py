"""Built into every template by settings: no {% load %} is needed. README.md beside theme/ lists all tags."""

from gongjia.theme.components import charts, facts, forms, lists, pages  # noqa: F401 - each adds its tags
from gongjia.theme.library import register

__all__ = ["register"]
