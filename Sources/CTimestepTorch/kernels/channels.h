#pragma once

// Operations on float images [pixels, channels] in memory, in parallel. Results do not depend on the number of threads:
// sums are taken over panels whose number follows from the size alone, and merged in their order.

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
void channel_moments(const Loops &loops, const Layout &layout, const float *x,
                     std::vector<double> &mean, std::vector<double> &spread);

/// out = act(line(x) + base); see Loops.
void normalize(const Loops &loops, const Layout &layout, const float *x, const float *base,
               float *out, Line line, bool relu);

/// Sums of g and of g * (x - center) of each channel; see Loops.
void channel_sums(const Loops &loops, const Layout &layout, const float *gradient, const float *x,
                  const float *out, Line line, float *masked, std::vector<double> &sums,
                  std::vector<double> &products);

/// result = factor * g + correction(x); see Loops.
void input_gradient(const Loops &loops, const Layout &layout, const float *gradient,
                    const float *x, Line line, const float *factor, Line correction,
                    float *result);

} // namespace timestep
