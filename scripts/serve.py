"""Phục vụ cuốn sách đã dựng trên một cổng trống và mở nó trong trình duyệt."""

import functools
import sys
import webbrowser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"


def main():
    if not (HTML / "index.html").exists():
        sys.exit("Chưa có sách để mở. Hãy chạy «make book» trước.")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=HTML)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"Sách đang ở {address} (nhấn Ctrl+C để dừng)", flush=True)
        webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nĐã dừng.")


if __name__ == "__main__":
    main()
