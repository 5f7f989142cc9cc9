#pragma once

namespace timestep {

/// Has libtorch take the memory of large tensors from a pool from now on.
///
/// A training step frees and allocates tensors of a few large sizes in turn, beside small ones that stay. In one heap
/// the small ones settle in the places of the large, which then need new ones: its size doubles. The pool gives a block
/// of the size that is asked for, or maps a new one; blocks that lie idle are given back where with them the pool
/// would be larger than a quarter more than the most that was ever in use.
void pool_large_tensors();

} // namespace timestep
