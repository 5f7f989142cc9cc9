import Foundation
import Testing
import TimestepTorch

@Suite struct AtomicFileTests {
  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func contentIsReplaced() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      for content in [Data("first, the longer one".utf8), Data("second".utf8), Data()] {
        try AtomicFile.write(content, to: file)
        #expect(try Data(contentsOf: file) == content)
      }
      try AtomicFile.write(to: file) { sink in
        for part in ["a", "", "bc"] { try sink(Data(part.utf8)) }
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == "abc")
      #expect(try names(folder) == ["file"])
    }
  }

  /// The old file stays, and nothing else is left.
  @Test func failedWritesChangeNothing() throws {
    struct Stop: Error {}
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try AtomicFile.write(Data("old".utf8), to: file)
      #expect(throws: Stop.self) {
        try AtomicFile.write(to: file) { sink in
          try sink(Data("new".utf8))
          throw Stop()
        }
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
      #expect(try names(folder) == ["file"])
    }
  }

  @Test func foldersThatCannotBeWritten() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try AtomicFile.write(Data(), to: file)
      let directory = folder.appendingPathComponent("directory")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let paths = [
        folder.appendingPathComponent("missing/file"), file.appendingPathComponent("below"),
        directory, folder.appendingPathComponent(String(repeating: "n", count: 300)),
      ]
      for path in paths {
        let error = try #require(throws: AtomicFile.WriteError.self) {
          try Safetensors([("a", Tensor(1))]).write(to: path)
        }
        #expect(error.cannotCreate && error.file == path.path && !error.problem.isEmpty)
      }
      #expect(try names(folder) == ["directory", "file"])
      #expect(try names(directory) == [])
    }
  }

  /// Whoever writes last wins, whole.
  @Test func concurrentWritersDoNotMix() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("timestep-torch-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("file")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          for _ in 0..<20 {
            try AtomicFile.write(to: file) { sink in
              for _ in 0..<10 { try sink(Data(repeating: UInt8(writer), count: 1000)) }
            }
            let content = try Data(contentsOf: file)
            #expect(content.count == 10_000 && Set(content).count == 1)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try names(folder) == ["file"])
  }
}
