// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors here; SwiftPM ignores these two settings when another package depends on this one.
let strictSwift: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictCXX: [CXXSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "timestep",
  products: [
    .library(name: "Timestep", targets: ["Timestep"]),
    .executable(name: "timestep", targets: ["timestep"]),
    .executable(name: "timestep-torch", targets: ["timestep-torch"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The system's libraries, found by pkg-config.
    .systemLibrary(name: "CLibtorch", pkgConfig: "libtorch"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),

    // The library, from the engine up: a target imports only targets above it.
    .target(name: "CTimestepTorch", dependencies: ["CLibtorch"], cxxSettings: strictCXX),
    .target(name: "TimestepTorch", dependencies: ["CTimestepTorch"], swiftSettings: strictSwift),
    .target(name: "CTimestepImages", dependencies: ["CPNG"]),
    .target(
      name: "TimeStepping",
      dependencies: [
        .product(name: "ComplexModule", package: "swift-numerics"),
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strictSwift),
    .target(name: "TimestepLayers", dependencies: ["TimestepTorch"], swiftSettings: strictSwift),
    .target(
      name: "TimestepNetworks",
      dependencies: ["TimeStepping", "TimestepLayers", "TimestepTorch"],
      swiftSettings: strictSwift),
    .target(
      name: "TimestepData",
      dependencies: ["TimeStepping", "TimestepTorch", "CTimestepImages", "CTurboJPEG", "CZlib"],
      swiftSettings: strictSwift),
    .target(
      name: "TimestepTraining",
      dependencies: [
        "TimeStepping", "TimestepLayers", "TimestepNetworks", "TimestepData", "TimestepTorch",
      ],
      swiftSettings: strictSwift),
    .target(
      name: "TimestepDiagnostics",
      dependencies: [
        "TimeStepping", "TimestepLayers", "TimestepNetworks", "TimestepData", "TimestepTorch",
        "TimestepTraining",
        .product(name: "ComplexModule", package: "swift-numerics"),
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strictSwift),
    .target(
      name: "TimestepExperiments",
      dependencies: [
        "TimeStepping", "TimestepLayers", "TimestepNetworks", "TimestepData", "TimestepTorch",
        "TimestepTraining", "TimestepDiagnostics", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strictSwift),
    .target(
      name: "Timestep",
      dependencies: [
        "TimestepTorch", "TimeStepping", "TimestepLayers", "TimestepNetworks", "TimestepData",
        "TimestepTraining", "TimestepDiagnostics", "TimestepExperiments",
      ],
      swiftSettings: strictSwift),

    // The command: arguments without libtorch, a front that finds libtorch, and the part that uses it.
    .target(
      name: "TimestepCommand",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strictSwift),
    .executableTarget(
      name: "timestep", dependencies: ["TimestepCommand"], swiftSettings: strictSwift),
    .executableTarget(
      name: "timestep-torch",
      dependencies: [
        "TimestepExperiments", "TimestepDiagnostics", "TimestepTraining", "TimestepNetworks",
        "TimestepLayers", "TimestepData", "TimeStepping", "TimestepTorch", "TimestepCommand",
      ],
      swiftSettings: strictSwift),

    // Complete programs on the library.
    .executableTarget(
      name: "fashion-mnist", dependencies: ["Timestep"], path: "Examples/FashionMNIST",
      swiftSettings: strictSwift),
    .executableTarget(
      name: "own-dataset", dependencies: ["Timestep"], path: "Examples/OwnDataset",
      swiftSettings: strictSwift),

    // The tests, one target for each target they test.
    .testTarget(
      name: "TimeSteppingTests",
      dependencies: [
        "TimeStepping",
        .product(name: "ComplexModule", package: "swift-numerics"),
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepLayersTests", dependencies: ["TimestepLayers", "TimestepTorch"],
      swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepNetworksTests",
      dependencies: [
        "TimeStepping", "TimestepLayers", "TimestepNetworks", "TimestepTorch", "TimestepTraining",
        .product(name: "ComplexModule", package: "swift-numerics"),
      ],
      exclude: ["Golden"],
      swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepDataTests",
      dependencies: ["TestSupport", "TimeStepping", "TimestepData", "TimestepTorch", "CZlib"],
      exclude: ["Golden"], swiftSettings: strictSwift),

    // What the tests of runs and of the command share, and those tests.
    .target(
      name: "TestSupport", dependencies: ["CZlib"], path: "Tests/TestSupport",
      swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepTrainingTests",
      dependencies: [
        "TestSupport", "TimestepTraining", "TimestepNetworks", "TimestepLayers", "TimestepData",
        "TimeStepping", "TimestepTorch",
      ],
      exclude: ["Golden"], swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepDiagnosticsTests",
      dependencies: [
        "TestSupport", "TimestepDiagnostics", "TimestepTraining", "TimestepNetworks",
        "TimestepLayers", "TimestepData", "TimeStepping", "TimestepTorch",
        .product(name: "ComplexModule", package: "swift-numerics"),
      ],
      exclude: ["Golden"], swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepExperimentsTests",
      dependencies: [
        "TestSupport", "TimestepExperiments", "TimestepDiagnostics", "TimestepTraining",
        "TimestepNetworks", "TimestepData", "TimestepTorch",
      ],
      swiftSettings: strictSwift),
    .testTarget(
      name: "CommandTests",
      dependencies: ["TestSupport", "TimestepCommand"],
      swiftSettings: strictSwift),

    // The tests.
    .testTarget(
      name: "TimestepCommandTests",
      dependencies: [
        "TimestepCommand", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Snapshots"],
      swiftSettings: strictSwift),
    .testTarget(
      name: "TimestepTorchTests", dependencies: ["TestSupport", "TimestepTorch"],
      exclude: ["Golden"],
      swiftSettings: strictSwift),
  ],
  cxxLanguageStandard: .cxx20
)
