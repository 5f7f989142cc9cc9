import TimestepTorch

/// An observer whose files may fail to be written: this is told to others, and the training goes on.
public final class TolerantObserver: TrainingObserver {
  private let observer: any TrainingObserver
  private let others: [any TrainingObserver]

  /// Wraps an observer; `others` receive a notice of every failure.
  public init(_ observer: any TrainingObserver, _ others: [any TrainingObserver]) {
    self.observer = observer
    self.others = others
  }

  public func receive(_ event: TrainingEvent) throws {
    do {
      try observer.receive(event)
    } catch let error as AtomicFile.WriteError {
      try others.send(.notice("a file was not written, training goes on: \(error)"))
    }
  }
}
