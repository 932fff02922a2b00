from PySide6.QtWidgets import QWidget

from clinoscope.ui.pages.number_panel import NumberPanel
from clinoscope.ui.pages.number_section import NumberSection
from clinoscope.ui.pages.patient_panel import PatientPanel
from clinoscope.ui.shell import Shell
from clinoscope.workflow import numbers
from clinoscope.workflow.numbers import Rule


def test_a_pattern_is_kept_and_shown(shell: Shell, host: QWidget, at_once: None) -> None:
    panel = NumberPanel(host, shell)
    panel.open_fresh()
    assert panel.shown.text() == numbers.OURS
    panel.whose.take("own")
    panel.save()
    assert panel.pattern.error()
    panel.pattern.set_text("A#")
    panel.scheme.setCurrentIndex(1)
    panel.save()
    assert "two digits" in panel.pattern.error()
    panel.pattern.set_text("A-####")
    panel.strict.setChecked(True)
    panel._follow()
    assert panel.shown.text().startswith("A number looks like A-")
    panel.save()
    assert numbers.rule(shell.open_vault) == Rule("A-####", "luhn", True)
    assert not panel.isVisible()


def test_the_section_says_what_holds(shell: Shell, host: QWidget, at_once: None) -> None:
    section = NumberSection(host, shell)
    section.refresh()
    assert section.words.text() == numbers.OURS
    section.change.click()
    assert section.panel is not None and section.panel.isVisible()


def test_a_strict_clinic_refuses_and_a_kind_one_tells(shell: Shell, host: QWidget, at_once: None) -> None:
    for strict in (True, False):
        numbers.set_rule(shell.open_vault, Rule("A-###", strict=strict))
        panel = PatientPanel(host, shell)
        panel.open_new("Kofi")
        assert panel.identifier.edit.placeholderText() == "A-123"
        panel.identifier.edit.setText(f"X{strict}")
        panel.identifier.edit.editingFinished.emit()
        told = panel.identifier.error() if strict else panel.identifier.help_text()
        assert "look like A-123" in told
        panel.save()
        assert panel.isVisible() is strict
