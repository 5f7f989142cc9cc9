import Foundation
import Testing
import TimestepData

/// Programs that are run to their end.
@Suite("Child processes")
struct ChildProcessTests {
  private func shell(_ script: String, environment: [String: String]? = nil) -> ChildProcess {
    ChildProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", script], environment: environment)
  }

  @Test("The code, the output and the last error that is no warning are told")
  func ending() throws {
    let ending = try shell(
      "echo $WORD; echo 'warning: one' >&2; echo 'error: two' >&2; echo 'warning: three' >&2; exit 7",
      environment: ["WORD": "said"]
    ).run(keepsOutput: true)
    #expect(ending.status == 7 && !ending.wasStopped)
    #expect(ending.output == "said" && ending.lastError == "two")
    #expect(ending.errors == "warning: one\nerror: two\nwarning: three")
    let silent = try shell("echo output; exit 0").run()
    #expect(silent.status == 0 && silent.output.isEmpty && silent.lastError == nil)
  }

  @Test("More than a pipe holds is written on both streams, and the end of it is kept")
  func muchOutput() throws {
    let ending = try shell(
      """
      head -c 2000000 /dev/zero | tr '\\0' e >&2; echo last >&2
      head -c 300000 /dev/zero | tr '\\0' o
      """
    ).run(keepsOutput: true)
    #expect(ending.status == 0 && ending.output == String(repeating: "o", count: 300_000))
    #expect(ending.errors.count <= 1 << 20 && ending.errors.hasSuffix("elast"))
  }

  @Test("One that is asked to end ends, and its signal is told")
  func stopped() throws {
    let asked = try shell("exec sleep 60").run { true }
    #expect(asked.wasStopped && asked.status == 128 + SIGTERM)
    let handled = try shell("trap 'exit 5' TERM; while :; do sleep 0.01; done").run {
      usleep(200_000)
      return true
    }
    #expect(handled.wasStopped && handled.status == 5)
    #expect(try shell("kill -KILL $$").run().status == 128 + SIGKILL)
    #expect(throws: (any Error).self) {
      try ChildProcess(URL(fileURLWithPath: "/no/such/program"), []).run()
    }
  }
}
