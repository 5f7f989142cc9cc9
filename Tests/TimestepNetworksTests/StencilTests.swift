import Testing
import TimestepLayers
import TimestepNetworks
import TimestepTorch

/// Stencils at another resolution, against operators written out as matrices.
@Suite struct StencilTests {
  private func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { row in
      b[0].indices.map { column in row.indices.reduce(0) { $0 + row[$1] * b[$1][column] } }
    }
  }

  private func applied(_ rows: [[Double]], _ stencil: [Double]) -> [Double] {
    rows.map { row in zip(row, stencil).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The operator of a stencil on a ring of cells.
  private func circulant(_ stencil: [Double], cells: Int) -> [[Double]] {
    (0..<cells).map { row in
      var values = [Double](repeating: 0, count: cells)
      for (tap, value) in stencil.enumerated() {
        values[(row + tap - 1 + cells) % cells] += value
      }
      return values
    }
  }

  @Test("The course's example: (-67, 129, -59) on 16 cells")
  func course() {
    let coarse = [-67.0, 129, -59]
    #expect(applied(StencilRule.linear.finer, coarse) == [-261.5, 510, -245.5])
    let derivatives = applied(StencilRule.derivatives.finer, coarse)
    for (found, expected) in zip(derivatives, [-263, 513, -247]) {
      #expect(abs(found - Double(expected)) < 1e-11)
    }
  }

  @Test("The coarse stencil is that of R K P on a ring, and has the same sum", arguments: [0, 1])
  func galerkin(constant: Int) {
    let rule: StencilRule = constant == 1 ? .constant : .linear
    let fine = [0.7, -1.9, 2.3]
    let (cells, coarseCells) = (16, 8)
    var restriction = [[Double]](
      repeating: .init(repeating: 0, count: cells), count: coarseCells)
    var prolongation = [[Double]](
      repeating: .init(repeating: 0, count: coarseCells), count: cells)
    for cell in 0..<coarseCells {
      let (left, right) = ((cell + coarseCells - 1) % coarseCells, (cell + 1) % coarseCells)
      for (child, neighbour) in [(2 * cell, left), (2 * cell + 1, right)] {
        restriction[cell][child] = 0.5
        // Cell-centred: a child is a quarter of a coarse cell away from its parent's centre.
        prolongation[child][cell] += rule == .linear ? 0.75 : 1
        prolongation[child][neighbour] += rule == .linear ? 0.25 : 0
      }
    }
    let coarse = product(restriction, product(circulant(fine, cells: cells), prolongation))
    let expected = circulant(applied(rule.coarser, fine), cells: coarseCells)
    for (row, other) in zip(coarse, expected) {
      for (found, value) in zip(row, other) { #expect(abs(found - value) < 1e-14) }
    }
    #expect(abs(applied(rule.coarser, fine).reduce(0, +) - fine.reduce(0, +)) < 1e-14)
  }

  @Test("Back and forth is where one was", arguments: StencilRule.allCases)
  func inverse(rule: StencilRule) {
    let unit = product(rule.finer, rule.coarser)
    for (row, values) in unit.enumerated() {
      for (column, value) in values.enumerated() {
        #expect(abs(value - (row == column ? 1 : 0)) < 1e-14)
      }
    }
  }

  @Test("The rule of derivatives keeps mass, first and second derivative over the cell size")
  func derivatives() {
    let (h, mass, first, second) = (0.125, 3.0, -0.7, 0.4)
    func stencil(_ h: Double) -> [Double] {
      [
        mass - first / (2 * h) - second / (h * h), mass + 2 * second / (h * h),
        mass + first / (2 * h) - second / (h * h),
      ]
    }
    let fine = applied(StencilRule.derivatives.finer, stencil(h))
    for (found, expected) in zip(fine, stencil(h / 2)) { #expect(abs(found - expected) < 1e-10) }
  }

  private func network(_ size: Int, seed: UInt64, _ family: String = "resnet") throws
    -> ResidualNetwork
  {
    var options = NetworkOptions()
    (options.depth, options.widths) = (family == "resnet" ? 8 : 3, [2, 3, 4])
    return try NetworkCatalog.make(
      family, options, task: NetworkTask(inputShape: [1, size, size], classes: 3), seed: seed,
      dataType: .float64)
  }

  @Test("A network's stencils are mapped along both axes, everything else is copied")
  func network() throws {
    for (rule, includesStem) in [(StencilRule.linear, true), (.constant, false)] {
      let (coarse, fine) = try (network(8, seed: 1), network(16, seed: 2))
      try fine.prolongStencils(coarse, by: rule, includingStem: includesStem)
      var mapped = 0
      for (parameter, before) in zip(fine.parameters.all, coarse.parameters.all) {
        let shape = parameter.value.shape
        let isMapped =
          shape.suffix(2) == [3, 3] && shape.count == 4
          && (includesStem || !parameter.path.hasPrefix("stem."))
        guard isMapped else {
          #expect(try parameter.value.isIdentical(to: before.value), "\(parameter.path)")
          continue
        }
        mapped += 1
        let found = try parameter.value.scalars(Double.self)
        let given = try before.value.scalars(Double.self)
        for start in stride(from: 0, to: found.count, by: 9) {
          // The Kronecker product written out.
          for i in 0..<3 {
            for j in 0..<3 {
              var value = 0.0
              for a in 0..<3 {
                for b in 0..<3 {
                  value += rule.finer[i][a] * rule.finer[j][b] * given[start + 3 * a + b]
                }
              }
              #expect(abs(found[start + 3 * i + j] - value) < 1e-13)
            }
          }
        }
      }
      #expect(mapped == (includesStem ? 7 : 6))
      let back = try network(8, seed: 3)
      try back.restrictStencils(fine, by: rule, includingStem: includesStem)
      for (parameter, before) in zip(back.parameters.all, coarse.parameters.all) {
        #expect(try parameter.value.relativeError(to: before.value) < 1e-13, "\(parameter.path)")
      }
    }
  }

  @Test("On an image of equal blocks of pixels, Galerkin's fine operator has the coarse one's mean")
  func blocks() throws {
    let stencil = try Tensor.normal([1, 1, 3, 3], seed: 4)
    let image = try Tensor.normal([1, 1, 6, 6], seed: 5)
    let rows = StencilRule.constant.finer.flatMap { $0 }
    let matrix = try Tensor(rows, shape: [3, 3])
    let fineStencil = try matrix.matrixProduct(stencil).matrixProduct(matrix.transposed())
    let blocks = try image.reshaped([1, 1, 6, 1, 6, 1]).expanded([1, 1, 6, 2, 6, 2])
      .reshaped([1, 1, 12, 12])
    let coarse = try image.convolution2D(stencil)
    // Without the border, where zeros are not blocks.
    let fine = try blocks.convolution2D(fineStencil, ConvolutionOptions(padding: 1))
      .averagePool2D(2, stride: 2).sliced(1..<5, axis: 2).sliced(1..<5, axis: 3)
    #expect(try fine.relativeError(to: coarse) < 1e-13)
  }

  @Test("Networks that differ are refused, and nothing is changed")
  func refusals() throws {
    let fine = try network(16, seed: 2)
    let before = try fine.parameters.all.map { try $0.value.copied() }
    #expect(throws: OptionError.self) {
      try fine.prolongStencils(network(8, seed: 1, "hamiltonian"))
    }
    for (parameter, value) in zip(fine.parameters.all, before) {
      #expect(try parameter.value.isIdentical(to: value))
    }
  }
}
