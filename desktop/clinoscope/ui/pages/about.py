"""What the program is made of, and under which licences."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinoscope.ui.widgets.panel import Panel
from clinoscope.ui.widgets.text import label

LICENCES = (
    ("Clinoscope", "Apache-2.0"),
    ("Qt and PySide6", "LGPL-3.0"),
    ("LiteRT", "Apache-2.0"),
    ("OpenCV", "Apache-2.0"),
    ("NumPy", "BSD-3-Clause"),
    ("Pillow", "MIT-CMU"),
    ("pi-heif, libheif, libde265", "BSD-3-Clause, LGPL-3.0"),
    ("pydicom", "MIT"),
    ("MediaPipe face models", "Apache-2.0"),
    ("AnyAscii", "ISC"),
    ("SQLCipher, sqlcipher3", "BSD-3-Clause, zlib"),
    ("sqlite-utils", "Apache-2.0"),
    ("cryptography", "Apache-2.0 or BSD-3-Clause"),
    ("argon2-cffi", "MIT"),
    ("msgspec", "BSD-3-Clause"),
    ("ReportLab", "BSD-3-Clause"),
    ("pypdfium2, PDFium", "Apache-2.0 or BSD-3-Clause"),
    ("QtAwesome", "MIT"),
    ("Phosphor icons", "MIT"),
    ("Inter typeface", "OFL-1.1"),
    ("List of common passwords, from zxcvbn", "MIT"),
    ("cv2-enumerate-cameras", "MIT"),
    ("platformdirs", "MIT"),
)
"""Component and SPDX licence, of everything that is shipped with the program."""


class AboutPanel(Panel):
    """A plain list; the licence texts lie beside the program."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, "Licences", width=440)
        self.body.setSpacing(12)
        for name, licence in LICENCES:
            self.body.addWidget(label(name, "body", weight="medium"))
            self.body.addSpacing(-10)
            self.body.addWidget(label(licence, "small", "secondary"))
        self.body.addStretch(1)
