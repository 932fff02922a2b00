"""A network camera on this machine."""

from __future__ import annotations

import io
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


class NetworkCamera:
    """A Motion-JPEG camera on this machine, 15 frames a second; ``sees`` changes what is before it.

    While ``frozen`` it sends nothing, while ``gone`` it takes no viewer and leaves those it has.
    """

    def __init__(self) -> None:
        self.frozen, self.gone, self._closing = threading.Event(), threading.Event(), threading.Event()
        self._jpeg = b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/live"

    def sees(self, image: Image.Image) -> None:
        file = io.BytesIO()
        image.convert("RGB").save(file, "JPEG", quality=85)
        self._jpeg = file.getvalue()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(503 if camera.gone.is_set() else 200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=f")
                self.end_headers()
                try:
                    while not camera.gone.is_set() and not camera._closing.is_set():
                        if not camera.frozen.is_set():
                            head = f"--f\r\nContent-Type: image/jpeg\r\nContent-Length: {len(camera._jpeg)}\r\n\r\n"
                            self.wfile.write(head.encode() + camera._jpeg + b"\r\n")
                        time.sleep(1 / 15)
                except OSError:
                    return  # the viewer has gone

            def log_message(self, *_words: object) -> None:
                return

        return Handler
