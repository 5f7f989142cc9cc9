/// A condition that parameters are brought back to after optimiser steps, such as a kernel that preserves norms.
///
/// It acts on the values alone, outside the gradients; momenta stay as they are.
public protocol ParameterConstraint: AnyObject {
  /// Restores the condition if it is this step's turn.
  ///
  /// - Parameter step: the number of optimiser steps made; 0 after initialisation. The same step always does the
  ///   same, so that a run that is resumed goes on as if it had not stopped.
  func apply(afterStep step: Int) throws
}

/// A layer whose parameters are brought back to a condition after optimiser steps.
public protocol ConstrainedLayer: Layer {
  /// The conditions.
  var constraints: [any ParameterConstraint] { get }
}
