import Foundation

/// A server on this machine that gives the files of a directory, in good and in bad ways.
///
/// The first part of an address says how: `good` honours ranges, `whole` ignores them, `half` breaks off in the middle
/// of a file that is asked for from its first byte, `broken` breaks off and gives nothing more, `wrong` gives other
/// bytes, everything else is not found.
package final class FileServer {
  /// The address of the server, without a slash at its end.
  package let address: String
  private let process = Process()
  private let log: URL

  private static let program = """
    import http.server, os, sys
    root, log = sys.argv[1], open(sys.argv[2], 'w', buffering=1)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *ignored):
            pass

        def do_GET(self):
            mode, name = self.path.lstrip('/').split('/', 1)
            span = self.headers.get('Range')
            log.write(f'{mode} {name} {span}\\n')
            file = os.path.join(root, name)
            if mode not in ('good', 'whole', 'half', 'broken', 'wrong') or not os.path.isfile(file):
                body = b'nothing'
                self.send_response(404)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            body = open(file, 'rb').read()
            if mode == 'wrong':
                body = bytes(byte ^ 255 for byte in body)
            start = int(span[6:].split('-')[0]) if span and mode != 'whole' else 0
            if start >= len(body):
                self.send_response(416)
                self.send_header('Content-Range', f'bytes */{len(body)}')
                self.send_header('Content-Length', '0')
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header('Content-Range', f'bytes {start}-{len(body) - 1}/{len(body)}')
            self.send_header('Content-Length', str(len(body) - start))
            self.end_headers()
            end = len(body)
            if mode == 'half' and start == 0 or mode == 'broken':
                end = start + (len(body) - start) // 2 if start == 0 else start
                self.close_connection = True
            self.wfile.write(body[start:end])

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """

  /// Starts a server for a directory; `scratch` holds its log.
  package init(of directory: String, in scratch: Scratch) throws {
    log = scratch.url.appendingPathComponent("server-\(UUID().uuidString).log")
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.program, directory, log.path]
    process.standardOutput = output
    try process.run()
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    address = "http://127.0.0.1:\(port)"
  }

  deinit { kill(process.processIdentifier, SIGKILL) }

  /// Ends the server, so that its address refuses connections.
  package func stop() {
    // A thread of the tests may have blocked the signals that ask politely, and its children inherit that.
    kill(process.processIdentifier, SIGKILL)
    while process.isRunning { usleep(1000) }
  }

  /// What was asked for so far: mode, name and range of each request.
  package func requests() throws -> [String] {
    try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
