import Testing
import TimeStepping
import TimestepData

/// The catalog, and where data sets are looked for.
@Suite struct CatalogTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func everyLineIsConsistent() throws {
    #expect(Set(DatasetCatalog.names).count == DatasetCatalog.all.count)
    for dataset in DatasetCatalog.all {
      #expect(try DatasetCatalog.dataset(named: dataset.name).title == dataset.title)
      #expect(dataset.markers.isEmpty == (dataset.remedy == nil))
      let channels = dataset.preparation.normalization?.mean.count
      #expect(channels == nil || channels == dataset.elementShape[0])
      #expect(dataset.preparation(for: .test).augmentation == .none)
      let fewest = dataset.task.kind == .regression ? 1 : 2
      #expect(dataset.task.names.count >= fewest || dataset.isOpen)
    }
  }

  @Test func anUnknownNameIsRefusedWithTheKnownOnes() {
    let error = #expect(throws: UnknownNameError.self) {
      try DatasetCatalog.dataset(named: "cifar10")
    }
    #expect(error?.description.contains("did you mean 'cifar-10'?") == true)
  }

  @Test func placesAreSearchedInOrder() throws {
    let search = DatasetSearch(
      dataDirectory: "\(scratch.path)/data", currentDirectory: "\(scratch.path)/a/b",
      systemDirectory: "\(scratch.path)/system")
    let places = search.candidates(for: "cifar-10")
    #expect(places.first == "\(scratch.path)/data/cifar-10")
    #expect(places[1] == "\(scratch.path)/a/b/.data/cifar-10")
    #expect(places.contains("/.data/cifar-10"))
    #expect(places.last == "\(scratch.path)/system/cifar-10")
    for place in ["system", "a/.data", "a/b/.data", "data"] {
      try scratch.write([1], to: "\(place)/cifar-10/test_batch.bin")
      let found = try search.directory(of: DatasetCatalog.cifar10)
      #expect(found == "\(scratch.path)/\(place)/cifar-10")
    }
  }

  @Test func whatIsNowhereIsReportedWithThePlacesAndTheCommand() {
    let search = DatasetSearch(
      dataDirectory: nil, currentDirectory: scratch.path, systemDirectory: "/nowhere")
    let error = dataError {
      try DatasetCatalog.fashionMNIST.load(split: .train, search: search)
    }
    #expect(error?.kind == .notFound)
    #expect(error?.description.contains("\(scratch.path)/.data/fashion-mnist") == true)
    #expect(error?.description.contains("/nowhere/fashion-mnist") == true)
    #expect(error?.description.contains("make data") == true)
  }

  @Test func aNamedDirectoryIsNotPassedOver() throws {
    let search = DatasetSearch(dataDirectory: nil, currentDirectory: "/", systemDirectory: "/")
    let cifar = DatasetCatalog.cifar10
    try scratch.write([1], to: "x/cifar-10/cifar-10-batches-bin/test_batch.bin")
    #expect(
      try search.directory(of: cifar, explicit: "\(scratch.path)/x") == "\(scratch.path)/x/cifar-10"
    )
    #expect(try search.directory(of: cifar, explicit: scratch.path) == scratch.path)
    let missing = dataError { try search.directory(of: cifar, explicit: "\(scratch.path)/y") }
    #expect(missing?.kind == .notFound)
    #expect(missing?.file == "\(scratch.path)/y")
    let file = try scratch.write([1], to: "file")
    #expect(dataError { try search.directory(of: cifar, explicit: file) }?.kind == .badData)
  }

  @Test func twoMoonsNeedNoFiles() throws {
    let dataset = try DatasetCatalog.twoMoons.load(split: .train)
    #expect(dataset.count == 1000)
    #expect(dataset.elementShape == [2])
    let error = dataError {
      try DatasetCatalog.twoMoons.load(split: .train, directory: "/nowhere")
    }
    #expect(error?.kind == .badConfiguration && error?.remedy == "leave out --data")
  }
}
