"""What can be wrong with a model; apart from it, so that saying so wakes no library of numbers."""


class BadModel(ValueError):
    """A model file that cannot be used, or decisions too few to learn from; the text is a Chinese sentence."""
