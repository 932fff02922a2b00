"""A network camera on this machine that sees a phantom."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image


@contextlib.contextmanager
def camera(phantom: Path, down: int = 0, away: float = 1.0) -> Iterator[str]:
    """The address of a network camera (Motion-JPEG) that sees a phantom.

    It looks ``down`` pixels below the middle, from ``away`` times as far as it takes to fill the width.
    """
    closing = threading.Event()
    file = io.BytesIO()
    with Image.open(phantom) as image:
        seen = image.convert("RGB")
        width = round(image.width * away)
        height = width * 9 // 16
        left, top = (image.width - width) // 2, (image.height - height) // 2 + round(down * width / 1280)
        around = seen.getpixel((2, 2))
        wide = Image.new("RGB", (width, height), around)
        wide.paste(seen, (-left, -top))
        wide.resize((1280, 720)).save(file, "JPEG", quality=92)
    jpeg = file.getvalue()
    part = b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(jpeg), jpeg)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
            self.end_headers()
            with contextlib.suppress(OSError):  # the viewer has gone
                while not closing.wait(0.1):
                    self.wfile.write(part)

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/video"
    closing.set()
    server.shutdown()
    server.server_close()
