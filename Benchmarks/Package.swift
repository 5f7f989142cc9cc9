// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the product does not depend on what it is measured with.
let package = Package(
  name: "timestep-benchmarks",
  dependencies: [
    .package(name: "timestep", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "timestep-bench",
      dependencies: [
        .product(name: "Timestep", package: "timestep"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ]
)
