"""Forms: label above, hint, field, error tied to it; a summary of what to mend; the keyboard that fits the answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from gongjia.theme.library import part, register

CHOICE_INPUTS = {"radio", "checkbox"}

# What a phone's keyboard and a browser's memory need to know, by the name of the field.
KEYBOARDS: dict[str, dict[str, str]] = {
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "maxlength": "20"},
    "code": {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"},
    "name": {"autocomplete": "name"},
    "id_number": {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "maxlength": "20"},
    "uscc": {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "maxlength": "20"},
    "email": {"type": "email", "inputmode": "email", "autocomplete": "email"},
    "password": {"autocomplete": "current-password"},
    "search": {"type": "search", "enterkeyhint": "search", "autocomplete": "off"},
    "q": {"type": "search", "enterkeyhint": "search", "autocomplete": "off"},
}


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, *, hint: str = "", label: str = "", optional: bool = True) -> SafeString:
    """One field. `hint` replaces the help text; `optional=False` leaves out the mark of a field that may stay empty."""
    grouped = _is_group(bound)
    values = {
        "bound": bound,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "errors": bound.errors,
        "is_optional": optional and not bound.field.required,
        "is_group": grouped,
        "is_tick": _is_tick(bound),
        "widget": _widget(bound, hint=bool(hint or bound.help_text), grouped=grouped),
    }
    return part(context, "field", **values)


def _is_group(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def _is_tick(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.CheckboxInput)


def _widget(bound: BoundField, *, hint: bool, grouped: bool) -> SafeString:
    """The input with its class, keyboard and the ids of its hint and error; what the form's author set stays."""
    widget = bound.field.widget
    attrs: dict[str, Any] = dict(KEYBOARDS.get(bound.name, {})) if isinstance(widget, forms.TextInput) else {}
    attrs |= widget.attrs
    attrs["class"] = f"{_css(widget)} {widget.attrs.get('class', '')}".strip()
    described = [f"{bound.auto_id}_hint"] * hint + [f"{bound.auto_id}_error"] * bool(bound.errors)
    if described and not grouped:
        attrs["aria-describedby"] = " ".join(described)
    kind = attrs.pop("type", None)
    if kind and isinstance(widget, forms.TextInput):
        widget.input_type = kind
    if type(widget) is forms.Select:
        return _select(bound, widget, attrs)
    return bound.as_widget(attrs=attrs)


def _select(bound: BoundField, widget: forms.Select, attrs: dict[str, Any]) -> SafeString:
    """The same signs as Django's own, which draws a template for each choice: half the time of a list's page."""
    attrs = bound.build_widget_attrs(attrs, widget)
    if bound.auto_id:
        attrs.setdefault("id", bound.auto_id)
    chosen = set(widget.format_value(bound.value()))
    options: list[SafeString] = []
    for value, label in widget.choices:
        if isinstance(label, list | tuple):  # choices in groups are rare enough for the template
            return bound.as_widget(attrs=attrs)
        key = "" if value is None else str(value)
        mark = SafeString(" selected") if key in chosen else ""
        chosen.discard(key)  # of two choices with the same value the first is the chosen one
        options.append(format_html('  <option value="{}"{}>{}</option>\n\n', key, mark, label))
    head = format_html('<select name="{}"{}>\n', bound.html_name, flatatt(attrs))
    return mark_safe(f"{head}{''.join(options)}</select>")  # noqa: S308 - each part was drawn escaped


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choice"
    if isinstance(widget, forms.CheckboxInput):
        return "tick-box"
    if isinstance(widget, forms.Select):
        return "input select"
    if isinstance(widget, forms.Textarea):
        return "input area"
    return "input file" if isinstance(widget, forms.FileInput) else "input"


@register.simple_tag(takes_context=True)
def fields(context: Context, form: forms.BaseForm) -> SafeString:
    """All fields of a form in their order, hidden ones too; the summary of errors comes from `errors`."""
    hidden = [str(bound) for bound in form.hidden_fields()]
    drawn = [field(context, bound) for bound in form.visible_fields()]
    return mark_safe("".join([*hidden, *drawn]))  # noqa: S308 - each was drawn escaped


@register.simple_tag(takes_context=True)
def errors(context: Context, form: forms.BaseForm | None = None, reasons: Sequence[str] = ()) -> SafeString:
    """The summary above a form: every error a link to its field, and the reasons of a rule that refused."""
    lines: list[tuple[str, str]] = [("", str(reason)) for reason in reasons]
    if form and form.is_bound:
        lines += [("", str(error)) for error in form.non_field_errors()]
        for bound in form:
            lines += [(_first_input(bound), f"{bound.label}：{error}") for error in bound.errors]
    return part(context, "errors", lines=lines) if lines else SafeString("")


def _first_input(bound: BoundField) -> str:
    return f"{bound.auto_id}_0" if _is_group(bound) else bound.auto_id


@register.simple_tag
def submit(words: str = "提交", name: str = "", value: str = "", tone: str = "primary") -> SafeString:
    """The button that sends; script stops a second press. Tones: primary, plain, danger."""
    extra = format_html(' name="{}" value="{}"', name, value) if name else SafeString("")
    return format_html('<button class="button button-{}" type="submit"{}>{}</button>', tone, extra, words)


@register.simple_block_tag(end_name="endanswers")
def answers(content: str, title: str = "") -> SafeString:
    """The page before sending: holds {% answer %} lines."""
    head = format_html("<h2>{}</h2>", title) if title else SafeString("")
    return format_html('<section class="answers">{}<dl>{}</dl></section>', head, content)


@register.simple_tag
def answer(label: str, value: Any, change_url: str = "", known_from: str = "") -> SafeString:
    """One answer with a way to change it; `known_from` names the record that it was taken from."""
    shown = format_html('<span class="unknown">{}</span>', "没有填写") if value is None or value == "" else value
    origin = format_html('<span class="fact-source">来自{}</span>', known_from) if known_from else ""
    change = ""
    if change_url:
        change = format_html('<a class="answer-change" href="{}">修改<span class="vh">{}</span></a>', change_url, label)
    words = format_html('<span class="answer-words">{}{}</span>', shown, origin)
    return format_html('<div class="answer"><dt>{}</dt><dd>{}{}</dd></div>', label, words, change)
