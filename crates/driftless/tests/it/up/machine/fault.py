# One fault each, or none.
import http.server, os, signal, socketserver, sys, threading, time

fault = sys.argv[1]
held = []


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    request_queue_size = 128


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if fault == "hasty":
            time.sleep(2)
        if fault == "greedy" and not held:
            held.append(b"x" * (600 << 20))
        self.send_response(200 if self.path == "/health" and fault != "unhealthy" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()


def stop(*_):
    if fault == "hasty":
        os._exit(0)
    threading.Thread(target=server.shutdown).start()


if fault == "crash":
    sys.exit("no DATABASE_URL")
if fault == "writes":
    os.makedirs("/var/cache/web/pages")
if fault == "silent":
    time.sleep(60)
if fault != "deaf":
    signal.signal(signal.SIGTERM, stop)
port = 9000 if fault == "stubborn" else int(os.environ["PORT"])
server = Server(("127.0.0.1" if fault == "local" else "0.0.0.0", port), Handler)
print("listening on", port)
server.serve_forever()
