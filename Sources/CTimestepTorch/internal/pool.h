#pragma once

namespace timestep {

/// Has libtorch take the memory of large tensors from a pool from now on, which keeps what is freed.
///
/// A training step frees and allocates tensors of a few large sizes in turn, beside small ones that stay. In one heap
/// the small ones settle in the places of the large, which then need new ones: its size doubles. The pool gives a block
/// of the size that is asked for, or maps a new one. Before it does, it gives back blocks that lie idle, the oldest
/// first, so that with the new one it has no more than what was ever in use, a quarter of it and 64 MiB.
void pool_large_tensors();

/// Gives back what lies idle in the pool, and from now on each block as soon as it is freed.
void empty_pool();

} // namespace timestep
