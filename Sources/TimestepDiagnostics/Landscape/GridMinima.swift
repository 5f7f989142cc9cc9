/// Local minima of numbers on a grid.
public enum GridMinima {
  /// The places, `(row, column)`, that lie inside and are smaller than all eight neighbours.
  public static func interior(_ values: [[Double]]) -> [(row: Int, column: Int)] {
    guard values.count > 2, let width = values.first?.count, width > 2 else { return [] }
    var places: [(row: Int, column: Int)] = []
    for row in 1..<values.count - 1 {
      for column in 1..<width - 1 {
        let value = values[row][column]
        let isMinimum = (-1...1).allSatisfy { i in
          (-1...1).allSatisfy { j in
            (i == 0 && j == 0) || value < values[row + i][column + j]
          }
        }
        if isMinimum { places.append((row, column)) }
      }
    }
    return places
  }

  /// The place of the smallest value of all.
  public static func smallest(_ values: [[Double]]) -> (row: Int, column: Int)? {
    var best: (row: Int, column: Int)?
    for row in values.indices {
      for column in values[row].indices
      where best.map({ values[row][column] < values[$0.row][$0.column] }) ?? true {
        best = (row, column)
      }
    }
    return best
  }
}
