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
def camera(phantom: Path) -> Iterator[str]:
    """The address of a network camera (Motion-JPEG) that sees a phantom."""
    closing = threading.Event()
    file = io.BytesIO()
    with Image.open(phantom) as image:
        wide = image.convert("RGB").resize((1280, 1280 * image.height // image.width))
        top = (wide.height - 720) // 2 + 95  # the lips where the guide wants them
        wide.crop((0, top, 1280, top + 720)).save(file, "JPEG", quality=92)
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
