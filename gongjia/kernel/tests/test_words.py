"""A word is stored as its identifier and read as Chinese."""

import pickle

import pytest
from django.template import Context, Engine

from gongjia.kernel.words import Word


class Colour(Word):
    RED = "red", "红"
    GREEN = "green", "绿"


def test_a_word_is_its_stored_string_and_knows_its_label():
    assert Colour.RED == "red"
    assert str(Colour.RED) == f"{Colour.RED}" == "red"
    assert Colour("green").zh == "绿"


def test_choices_are_pairs_in_the_order_written():
    assert Colour.choices() == [("red", "红"), ("green", "绿")]


def test_a_label_leads_back_to_its_word_and_others_to_none():
    assert Colour.from_zh("绿") is Colour.GREEN
    assert Colour.from_zh("蓝") is None


def test_an_unknown_value_is_refused():
    with pytest.raises(ValueError, match="blue"):
        Colour("blue")


def test_a_word_without_a_label_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="Chinese label"):

        class Bare(Word):
            GREY = "grey"


def test_a_word_survives_pickling():
    assert pickle.loads(pickle.dumps(Colour.RED)) is Colour.RED  # noqa: S301 - our own bytes


def test_a_template_reaches_words_and_labels():
    template = Engine().from_string("{{ Colour.RED.zh }}{{ one.zh }}{{ one }}")
    assert template.render(Context({"Colour": Colour, "one": Colour.GREEN})) == "红绿green"
