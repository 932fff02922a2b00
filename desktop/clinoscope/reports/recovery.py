"""The recovery code on a sheet to print and lock away."""

from __future__ import annotations

from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Spacer

from clinoscope.reports.page import BODY, HEADING, build, style, text

_SIDE = 45 * mm
_CODE = style(20, bold=True, after=6)
_TITLE = style(18, bold=True, after=8)
_KEEP = (
    "It opens the vault when every password is forgotten: whoever has this sheet and the computer, or a backup, can"
    " read every record. Keep it locked away, not beside the computer, and tell somebody you trust where."
)
_HOW = (
    "On the log-in screen choose “Forgot the password? Use the recovery code” and type it; letter case and dashes do"
    " not matter."
)


def recovery_sheet_pdf(code: str, made: date) -> bytes:
    """One page with the code in letters and as a QR code. It names no clinic, no patient and no place."""
    # Every kind of bar code comes with it, and few reports want one.
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    qr = QrCodeWidget(code, barLevel="M", barWidth=_SIDE, barHeight=_SIDE)
    drawing = Drawing(_SIDE, _SIDE)
    drawing.add(qr)
    story = [
        text("Clinoscope recovery code", _TITLE),
        text(code, _CODE),
        drawing,
        Spacer(1, 6 * mm),
        text(_KEEP, BODY),
        Spacer(1, 3 * mm),
        text(_HOW, BODY),
        Spacer(1, 3 * mm),
        text(f"Made on {made.isoformat()}. A newer sheet makes this one worthless.", BODY),
        Spacer(1, 14 * mm),
        text("Kept by", HEADING),
        Spacer(1, 10 * mm),
        text("Where", HEADING),
    ]
    return build(story, title="Clinoscope recovery code", head="Recovery code", foot=["Keep locked away."])
