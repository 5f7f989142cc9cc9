#pragma once

// Operations on float or bfloat16 images [pixels, channels] in memory, in parallel. Results do not depend on the number
// of threads: sums are taken over panels whose number follows from the size alone, and merged in their order.

#include "loops.h"

#include <vector>

namespace timestep {

/// How the rows of an image are cut into wide rows, tiles of those, and panels of tiles.
struct Layout {
  int64_t pixels, channels;
  /// Pixels in a wide row, its columns, the number of wide rows, and the pixels that fill none.
  int64_t repeats, width, rows, rest;
  /// Wide rows in a tile, which stays in the processor's cache, and in a panel; the number of panels.
  int64_t tile, panel, panels;

  Layout(int64_t pixels, int64_t channels);

  /// A number for each channel as one for each column.
  std::vector<float> columns(const std::vector<double> &values) const;
};

/// Mean and sum of squared distances from it of each channel.
template <typename T>
void channel_moments(const TypedLoops<T> &loops, const Layout &layout, const T *x,
                     std::vector<double> &mean, std::vector<double> &spread);

/// out = act(line(x) + base); see Loops.
template <typename T>
void normalize(const TypedLoops<T> &loops, const Layout &layout, const T *x, const T *base,
               T *out, Line line, bool relu);

/// Sums of g and of g * (x - center) of each channel; see Loops.
template <typename T>
void channel_sums(const TypedLoops<T> &loops, const Layout &layout, const T *gradient,
                  const T *more, const T *x, const T *out, Line line, T *masked,
                  std::vector<double> &sums, std::vector<double> &products);

/// result = factor * g + correction(x); see Loops.
template <typename T>
void input_gradient(const TypedLoops<T> &loops, const Layout &layout, const T *gradient,
                    const T *x, Line line, const float *factor, Line correction, T *result);

/// out = x + factor * (y - x), with a factor for each column; see Loops.
template <typename T>
void blend(const TypedLoops<T> &loops, const Layout &layout, const T *x, const T *y,
           const float *factor, T *out);

/// The gradients of that; see Loops.
template <typename T>
void blend_gradient(const TypedLoops<T> &loops, const Layout &layout, const T *gradient, const T *x,
                    const T *y, const float *factor, T *dx, T *dy, std::vector<double> &sums);

} // namespace timestep
