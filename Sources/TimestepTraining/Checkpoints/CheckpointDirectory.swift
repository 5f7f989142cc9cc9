import Foundation
import TimestepTorch

/// A directory of checkpoints: which are whole, which are kept.
///
/// Only what a training wrote is ever removed: directories with a checkpoint's name that hold the files of its
/// manifest and nothing else.
public struct CheckpointDirectory: Sendable {
  /// The directory.
  public let url: URL

  /// Refers to a directory, whether or not it exists.
  public init(_ url: URL) { self.url = url }

  /// The names of all checkpoints, whole or damaged, from the first to the last.
  public var names: [CheckpointName] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
      .compactMap(CheckpointName.init).sorted()
  }

  /// The checkpoint of a name, after every byte of it was checked; throws ``CheckpointError``.
  public func checkpoint(_ name: CheckpointName) throws -> Checkpoint {
    let place = url.appendingPathComponent("\(name)")
    let manifest = try manifest(of: place)
    for (file, expected) in manifest.files.sorted(by: { $0.key < $1.key }) {
      var found = HashedFile()
      do {
        try RegularFile(place.appendingPathComponent(file).path).forEachPart { found.append($0) }
      } catch {
        throw CheckpointError(checkpoint: place, problem: "\(file): \(error)")
      }
      guard found.entry() == expected else {
        throw CheckpointError(
          checkpoint: place, problem: "\(file) is damaged: it is not what the manifest says")
      }
    }
    return Checkpoint(url: place, name: name, libtorch: manifest.libtorch)
  }

  private func manifest(of place: URL) throws -> CheckpointManifest {
    let file = place.appendingPathComponent(CheckpointManifest.name).path
    let data: Data?
    do {
      data = try RegularFile.contents(of: file, limit: CheckpointManifest.sizeLimit)
    } catch {
      throw CheckpointError(checkpoint: place, problem: "\(CheckpointManifest.name): \(error)")
    }
    guard let data, let manifest = try? JSONDecoder().decode(CheckpointManifest.self, from: data),
      manifest.files.keys.allSatisfy({ !$0.contains("/") && $0 != ".." })
    else {
      throw CheckpointError(checkpoint: place, problem: "\(CheckpointManifest.name) is damaged")
    }
    guard manifest.format == CheckpointManifest.currentFormat else {
      throw CheckpointError(
        checkpoint: place, problem: "has the unknown format \(manifest.format)")
    }
    return manifest
  }

  /// The newest whole checkpoint, and what is wrong with those that are newer; nil where none is whole.
  public func newest() -> (checkpoint: Checkpoint?, damaged: [CheckpointError]) {
    var damaged: [CheckpointError] = []
    for name in names.reversed() {
      do {
        return (try checkpoint(name), damaged)
      } catch let error as CheckpointError {
        damaged.append(error)
      } catch {
        damaged.append(
          CheckpointError(checkpoint: url.appendingPathComponent("\(name)"), problem: "\(error)"))
      }
    }
    return (nil, damaged)
  }

  /// Gives a damaged checkpoint another name, so that its own is free: `damaged-step-00000938`.
  @discardableResult
  public func moveAside(_ name: CheckpointName) throws -> URL {
    for number in 1...1000 {
      let aside = url.appendingPathComponent("damaged-\(name)" + (number > 1 ? "-\(number)" : ""))
      if FileManager.default.fileExists(atPath: aside.path) { continue }
      let place = url.appendingPathComponent("\(name)")
      guard FileCalls.current.rename(place.path, aside.path) == 0 else {
        throw AtomicFile.failure(place.path, "is damaged and cannot be renamed", creating: true)
      }
      return aside
    }
    throw CheckpointError(
      checkpoint: url.appendingPathComponent("\(name)"), problem: "is damaged a thousandth time")
  }

  private static let partMark = ".part-"
  private static let removedMark = ".removed-"

  /// The name that a checkpoint has until it is whole.
  func temporary(for name: CheckpointName) -> URL {
    url.appendingPathComponent(".\(name)\(Self.partMark)\(UUID().uuidString.prefix(8))")
  }

  /// Removes all but the newest two and the best; what cannot be removed stays.
  ///
  /// - Parameter records: the epochs so far; the first metric says which is best.
  func prune(_ records: [EpochRecord]) {
    let names = names
    var kept = Set(names.suffix(2))
    let ends = names.filter { $0.phase == .ordinary }
    var best: (name: CheckpointName, record: EpochRecord)?
    for record in records {
      guard let name = ends.first(where: { $0.step == record.step }) else { continue }
      if best.map({ record.isBetter(than: $0.record) }) ?? true { best = (name, record) }
    }
    if let best { kept.insert(best.name) }
    for name in names where !kept.contains(name) {
      let place = url.appendingPathComponent("\(name)")
      guard Self.isDirectory(place), let manifest = try? manifest(of: place),
        let found = try? FileManager.default.contentsOfDirectory(atPath: place.path),
        Set(found) == Set(manifest.files.keys).union([CheckpointManifest.name])
      else { continue }
      // By a rename first: a kill leaves no half-removed checkpoint under its name.
      let removed = url.appendingPathComponent(
        ".\(name)\(Self.removedMark)\(UUID().uuidString.prefix(8))")
      guard rename(place.path, removed.path) == 0 else { continue }
      for file in found { unlink(removed.appendingPathComponent(file).path) }
      rmdir(removed.path)
    }
  }

  /// Removes what a process that was killed left half written or half removed. Only the owner of the run may call it.
  public func removeLeftovers() {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    for entry in entries where entry.hasPrefix(".") {
      guard
        let mark = [Self.partMark, Self.removedMark].first(where: { entry.contains($0) }),
        let end = entry.range(of: mark)?.lowerBound,
        CheckpointName(String(entry[..<end].dropFirst())) != nil
      else { continue }
      let place = url.appendingPathComponent(entry)
      guard Self.isDirectory(place) else { continue }
      for file in Checkpoint.fileNames { unlink(place.appendingPathComponent(file).path) }
      rmdir(place.path)  // Stays where it holds anything else.
    }
  }

  /// Whether it is a directory itself, not a link to one that belongs to someone else.
  private static func isDirectory(_ place: URL) -> Bool {
    var status = stat()
    return lstat(place.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension EpochRecord {
  /// Whether the first metric is better than another epoch's.
  func isBetter(than other: EpochRecord) -> Bool {
    guard let metric = test.metrics.first, let mine = test[metric], let its = other.test[metric]
    else { return false }
    return metric.isBetter(mine, than: its) || its.isNaN && !mine.isNaN
  }
}
