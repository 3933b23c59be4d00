import http.server
import os

with open(os.path.join(os.path.dirname(__file__), "page.txt")) as file:
    page = file.read().encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


address = (os.environ.get("HOST", "0.0.0.0"), int(os.environ["PORT"]))
http.server.ThreadingHTTPServer(address, Handler).serve_forever()
